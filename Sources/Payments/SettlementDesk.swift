import Controls
public import Crypto
public import Database
public import Logging
import Provider
import Threads
public import Vocabulary

/// Takes events in, makes them durable and settles them, in groups where many come at once.
public struct SettlementDesk: Sendable {
  private let inbox: Inbox
  private let clock: WallClock
  private let log: SettlementLog
  private let rule: ConfirmationRule

  /// - Parameter rule: which signed successes have to be confirmed by the provider.
  public init(
    keyRing: KeyRing, clock: WallClock, logger: Logger, rule: ConfirmationRule = ConfirmationRule()
  ) {
    inbox = Inbox(keyRing: keyRing)
    self.clock = clock
    self.rule = rule
    log = SettlementLog(logger: logger)
  }

  /// Inserts events and settles the new ones in one transaction. If the group fails, its events are
  /// handled one by one, so that a bad event never holds up another. While an operator has stopped
  /// settlement, events are only inserted.
  ///
  /// - Parameter events: 1…`Limits.settlementGroupEventsMax`.
  /// - Returns: for each event, in order, what became durable, or the error that kept it out.
  public func receive(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    do throws(DatabaseError) {
      return try receiveAgain(events, on: &connection).map { .success($0) }
    } catch {
      if events.count == 1 || error.isConnectionTrouble {
        return events.map { _ in .failure(error) }
      }
      log.groupFailed(count: events.count, error)
      return events.map { event in
        do throws(DatabaseError) {
          return .success(try receiveAgain([event], on: &connection).first ?? .deferred)
        } catch {
          return .failure(error)
        }
      }
    }
  }

  /// Inserts events and leaves the settling to `retryDue`.
  ///
  /// - Returns: for each event, in order, that it is durable, or the error that kept it out.
  public func store(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    for _ in 1...Limits.transactionAttemptsMax {
      do throws(DatabaseError) {
        let fresh = try connection.transaction {
          (transaction) throws(DatabaseError) -> Completion<Set<EventKey>> in
          let fresh = try inbox.insert(events, in: &transaction)
          return .commit(
            Set(fresh.map { EventKey(provider: $0.event.provider, text: $0.event.eventKey) }))
        }
        return events.map { .success(fresh.contains($0.key) ? .deferred : .repeated) }
      } catch {
        // Another connection inserted one of them meanwhile: it is then seen as repeated.
        guard error.duplicateKeyName == Inbox.eventKeyName else {
          return events.map { _ in .failure(error) }
        }
      }
    }
    return events.map { _ in .failure(.inconsistent("the events kept colliding with others")) }
  }

  /// Begins again when another connection inserted one of the events meanwhile: it is then seen as
  /// repeated.
  private func receiveAgain(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) throws(DatabaseError) -> [Receipt] {
    for _ in 1..<Limits.transactionAttemptsMax {
      do throws(DatabaseError) {
        return try receiveTogether(events, on: &connection)
      } catch {
        guard error.duplicateKeyName == Inbox.eventKeyName else { throw error }
      }
    }
    return try receiveTogether(events, on: &connection)
  }

  private func receiveTogether(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) throws(DatabaseError) -> [Receipt] {
    let moment = clock.now()
    let (settled, deferred) = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<([Settlement.Settled], [Deferred])> in
      let isStopped = try Controls.settlementIsStopped(in: &transaction)
      let fresh = try inbox.insert(events, in: &transaction)
      FaultPoint.eventInserted.reached()
      guard !isStopped else {
        return .commit(([], fresh.map { Deferred(event: $0, error: nil, isParked: false) }))
      }
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle(fresh, in: &transaction, at: moment, rule: rule)
      }
      switch attempt {
      case .success(let settled):
        FaultPoint.eventSettled.reached()
        return .commit((settled, []))
      case .failure(let error):
        guard fresh.count == 1, let event = fresh.first else { throw error }
        _ = try InboxQueue.postpone(
          event.id, attempts: 0, error: error, at: moment, in: &transaction)
        return .commit(([], [Deferred(event: event, error: error, isParked: false)]))
      }
    }
    FaultPoint.eventCommitted.reached()
    log.settled(settled)
    for item in deferred {
      if let error = item.error { log.deferred(item.event, error) }
    }
    return receipts(of: events, settled, deferred)
  }

  /// An event that is stored but not settled.
  private struct Deferred {
    let event: InboxEvent
    /// Nil when settlement is stopped.
    let error: DatabaseError?
    let isParked: Bool
  }

  /// One settled row answers the first copy of its event; further copies were repeated.
  private func receipts(
    of events: [ReceivedEvent], _ settled: [Settlement.Settled], _ deferred: [Deferred]
  ) -> [Receipt] {
    var open: [EventKey: SettlementOutcome] = [:]
    for item in settled {
      let event = item.inboxEvent.event
      open[EventKey(provider: event.provider, text: event.eventKey)] = item.outcome
    }
    return events.map { event in
      if let outcome = open.removeValue(forKey: event.key) { return .settled(outcome) }
      return deferred.contains { $0.event.event == event.event } ? .deferred : .repeated
    }
  }

  /// Settles events of the inbox that are due again.
  /// - Returns: the number of events that were taken up; fewer than
  ///   `Limits.settlementGroupEventsMax` means that no more are waiting.
  public func retryDue(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    let group = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[Settlement.Settled]?> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let due = try InboxQueue.lockDue(
        at: moment, limit: Limits.settlementGroupEventsMax, in: &transaction)
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle(due.map(\.event), in: &transaction, at: moment, rule: rule)
      }
      guard case .success(let settled) = attempt else { return .rollback(nil) }
      return .commit(settled)
    }
    if let group {
      log.settled(group)
      return group.count
    }
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
    typealias Outcome = Result<[Settlement.Settled], DatabaseError>
    let (outcome, deferred) = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<(Outcome?, Deferred?)> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback((nil, nil)) }
      let due = try InboxQueue.lockDue(at: moment, limit: 1, in: &transaction)
      guard let next = due.first else { return .commit((nil, nil)) }
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle([next.event], in: &transaction, at: moment, rule: rule)
      }
      guard case .failure(let error) = attempt else { return .commit((attempt, nil)) }
      let isParked = try InboxQueue.postpone(
        next.event.id, attempts: next.attempts, error: error, at: moment, in: &transaction)
      return .commit((attempt, Deferred(event: next.event, error: error, isParked: isParked)))
    }
    if case .success(let settled) = outcome { log.settled(settled) }
    if let deferred, let error = deferred.error {
      if deferred.isParked {
        log.parked(deferred.event, error)
      } else {
        log.deferred(deferred.event, error)
      }
    }
    return outcome != nil
  }
}

extension DatabaseError {
  /// Trouble that handling events one by one would only repeat.
  var isConnectionTrouble: Bool { kind == .connectionLost || kind == .outcomeUnknown }
}
