public import Crypto
public import Database
public import Logging
import Provider
public import Vocabulary

/// Takes events in, makes them durable and settles them, in groups where many come at once.
public struct SettlementDesk: Sendable {
  private let inbox: Inbox
  private let clock: WallClock
  private let log: SettlementLog

  public init(keyRing: KeyRing, clock: WallClock, logger: Logger) {
    inbox = Inbox(keyRing: keyRing)
    self.clock = clock
    log = SettlementLog(logger: logger)
  }

  /// Inserts events and settles the new ones in one transaction. If the group fails, its events are
  /// handled one by one, so that a bad event never holds up another.
  ///
  /// - Parameter events: 1…`Limits.settlementGroupEventsMax`.
  /// - Returns: for each event, in order, what became durable, or the error that kept it out.
  public func receive(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    do throws(DatabaseError) {
      return try receiveTogether(events, on: &connection).map { .success($0) }
    } catch {
      if events.count == 1 || error.isConnectionTrouble {
        return events.map { _ in .failure(error) }
      }
      log.groupFailed(count: events.count, error)
      return events.map { event in
        do throws(DatabaseError) {
          let receipts = try receiveTogether([event], on: &connection)
          return .success(receipts.first ?? .deferred)
        } catch {
          return .failure(error)
        }
      }
    }
  }

  private func receiveTogether(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) throws(DatabaseError) -> [Receipt] {
    let moment = clock.now()
    let (settled, deferredKeys) = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<([Settlement.Settled], Set<String>)> in
      let fresh = try inbox.insert(events, in: &transaction)
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle(fresh, in: &transaction, at: moment)
      }
      switch attempt {
      case .success(let settled): return .commit((settled, []))
      case .failure(let error):
        guard fresh.count == 1, let event = fresh.first else { throw error }
        _ = try InboxQueue.postpone(
          event.id, attempts: 0, error: error, at: moment, in: &transaction)
        log.deferred(event, error)
        return .commit(([], [event.event.eventKey]))
      }
    }
    log.settled(settled)
    return receipts(of: events, settled, deferredKeys)
  }

  /// One settled row answers the first copy of its event; further copies were repeated.
  private func receipts(
    of events: [ReceivedEvent], _ settled: [Settlement.Settled], _ deferredKeys: Set<String>
  ) -> [Receipt] {
    var open: [EventKey: SettlementOutcome] = [:]
    for item in settled {
      let event = item.inboxEvent.event
      open[EventKey(provider: event.provider, text: event.eventKey)] = item.outcome
    }
    return events.map { event in
      if let outcome = open.removeValue(forKey: event.key) { return .settled(outcome) }
      return deferredKeys.contains(event.event.eventKey) ? .deferred : .repeated
    }
  }

  /// Settles events of the inbox that are due again.
  /// - Returns: the number of events that were taken up; fewer than
  ///   `Limits.settlementGroupEventsMax` means that no more are waiting.
  public func retryDue(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    let group = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int?> in
      let due = try InboxQueue.lockDue(
        at: moment, limit: Limits.settlementGroupEventsMax, in: &transaction)
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle(due.map(\.event), in: &transaction, at: moment)
      }
      guard case .success(let settled) = attempt else { return .rollback(nil) }
      log.settled(settled)
      return .commit(due.count)
    }
    if let group { return group }
    var count = 0
    while count < Limits.settlementGroupEventsMax, try retryOne(on: &connection, at: moment) {
      count += 1
    }
    return count
  }

  func noteRetryFailed(_ error: DatabaseError) { log.retryFailed(error) }

  private func retryOne(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      let due = try InboxQueue.lockDue(at: moment, limit: 1, in: &transaction)
      guard let next = due.first else { return .commit(false) }
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle([next.event], in: &transaction, at: moment)
      }
      switch attempt {
      case .success(let settled): log.settled(settled)
      case .failure(let error):
        let isParked = try InboxQueue.postpone(
          next.event.id, attempts: next.attempts, error: error, at: moment, in: &transaction)
        if isParked { log.parked(next.event, error) } else { log.deferred(next.event, error) }
      }
      return .commit(true)
    }
  }
}

extension DatabaseError {
  /// Trouble that handling events one by one would only repeat.
  var isConnectionTrouble: Bool { kind == .connectionLost || kind == .outcomeUnknown }
}
