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
  private let rules: SettlementRules

  public init(
    keyRing: KeyRing, clock: WallClock, logger: Logger, rules: SettlementRules = SettlementRules()
  ) {
    inbox = Inbox(keyRing: keyRing)
    self.clock = clock
    self.rules = rules
    log = SettlementLog(logger: logger, clock: clock)
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
    withoutForeign(events, on: &connection) { receiveOurs($0, on: &$1) }
  }

  /// Hands on what may be about payments of ours. The rest is counted.
  private func withoutForeign(
    _ events: [ReceivedEvent], on connection: inout Connection,
    _ take: ([ReceivedEvent], inout Connection) -> [Result<Receipt, DatabaseError>]
  ) -> [Result<Receipt, DatabaseError>] {
    do throws(DatabaseError) {
      let isForeign = try ForeignNews.find(events, on: &connection)
      guard isForeign.contains(true) else { return take(events, &connection) }
      let ours = zip(events, isForeign).filter { !$1 }.map(\.0)
      var taken = (ours.isEmpty ? [] : take(ours, &connection))[...]
      return zip(events, isForeign).map { event, isForeign in
        guard isForeign else { return taken.popFirst() ?? .success(.deferred) }
        PaymentMeters.foreign(event.event.provider)
        return .success(.foreign)
      }
    } catch {
      return events.map { _ in .failure(error) }
    }
  }

  private func receiveOurs(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    do throws(DatabaseError) {
      return try receiveAgain(events, on: &connection).map { .success($0) }
    } catch {
      if error.isConnectionTrouble { return events.map { _ in .failure(error) } }
      if events.count > 1 {
        log.groupFailed(count: events.count, error)
        return events.flatMap { receiveOurs([$0], on: &connection) }
      }
      if error.refusesValue { return events.map { keepLeftover(of: $0, error, on: &connection) } }
      // Somebody holds a lock for long: the event is made durable, and the queue settles it.
      return error.isTransient
        ? storeOurs(events, on: &connection) : events.map { _ in .failure(error) }
    }
  }

  /// Inserts events and leaves the settling to `retryDue`.
  ///
  /// - Returns: for each event, in order, that it is durable, or the error that kept it out.
  public func store(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    withoutForeign(events, on: &connection) { storeOurs($0, on: &$1) }
  }

  /// The database refuses a row of the inbox: the event is stored as far as it takes it, and parked. Refusing it would
  /// make the provider send it again until it gives up.
  private func keepLeftover(
    of event: ReceivedEvent, _ refusal: DatabaseError, on connection: inout Connection
  ) -> Result<Receipt, DatabaseError> {
    log.refused(event, refusal)
    do throws(DatabaseError) {
      let taken = try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<Inbox.Taken> in
        .commit(try inbox.insert([event.leftover], in: &transaction))
      }
      log.unstorable(taken.unstorable)
      return .success(taken.unstorable.isEmpty ? .repeated : .deferred)
    } catch {
      return .failure(error)
    }
  }

  private func storeOurs(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) -> [Result<Receipt, DatabaseError>] {
    for _ in 1...Limits.transactionAttemptsMax {
      do throws(DatabaseError) {
        let taken = try connection.transaction {
          (transaction) throws(DatabaseError) -> Completion<Inbox.Taken> in
          .commit(try inbox.insert(events, in: &transaction))
        }
        FaultPoint.eventStored.reached()
        log.contradicted(taken.contradictions)
        log.unstorable(taken.unstorable)
        let fresh = Set(
          (taken.fresh + taken.unstorable).map {
            EventKey(provider: $0.event.provider, text: $0.event.eventKey)
          })
        return events.map { .success(fresh.contains($0.key) ? .deferred : .repeated) }
      } catch {
        if error.refusesValue {
          return events.count == 1
            ? events.map { keepLeftover(of: $0, error, on: &connection) }
            : events.flatMap { storeOurs([$0], on: &connection) }
        }
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
    var contradictions: [Inbox.Contradiction] = []
    var unstorable: [InboxEvent] = []
    let (settled, deferred) = try connection.transaction(lockTimeoutsMax: 1) {
      (transaction) throws(DatabaseError) -> Completion<([Settlement.Settled], [Deferred])> in
      let isStopped = try Controls.settlementIsStopped(in: &transaction)
      let taken = try inbox.insert(events, in: &transaction)
      let fresh = taken.fresh.filter { !$0.event.kind.isQuestion }
      (contradictions, unstorable) = (taken.contradictions, taken.unstorable)
      let asked = (taken.fresh.filter(\.event.kind.isQuestion) + unstorable)
        .map(Deferred.init(waiting:))
      FaultPoint.eventInserted.reached()
      guard !isStopped else {
        return .commit(([], asked + fresh.map(Deferred.init(waiting:))))
      }
      let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
        try Settlement.settle(fresh, in: &transaction, at: moment, rules: rules)
      }
      switch attempt {
      case .success(let settled):
        FaultPoint.eventSettled.reached()
        return .commit((settled, asked))
      case .failure(let error):
        guard taken.fresh.count == 1, unstorable.isEmpty, let event = fresh.first else {
          throw error
        }
        _ = try InboxQueue.postpone(
          event.id, attempts: 0, error: error, at: moment, in: &transaction)
        try PaymentMatch.askAbout(event, in: &transaction, at: moment)
        return .commit(
          ([], [Deferred(id: event.id, event: event, error: error, isParked: false)]))
      }
    }
    FaultPoint.eventCommitted.reached()
    log.contradicted(contradictions)
    log.unstorable(unstorable)
    log.settled(settled)
    for item in deferred { note(item) }
    return receipts(of: events, settled, deferred)
  }

  /// An event that is stored but not settled.
  private struct Deferred {
    let id: EventID
    let event: InboxEvent?
    /// Nil when settlement is stopped, or the provider is asked first.
    let error: DatabaseError?
    let isParked: Bool

    init(id: EventID, event: InboxEvent?, error: DatabaseError?, isParked: Bool) {
      self.id = id
      self.event = event
      self.error = error
      self.isParked = isParked
    }

    init(waiting event: InboxEvent) {
      self.init(id: event.id, event: event, error: nil, isParked: false)
    }
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
      return deferred.contains { $0.event?.event == event.event } ? .deferred : .repeated
    }
  }

  /// Settles events of the inbox that are due again.
  /// - Returns: the number of events that were taken up; fewer than
  ///   `Limits.settlementGroupEventsMax` means that no more are waiting.
  public func retryDue(on connection: inout Connection) throws(DatabaseError) -> Int {
    let moment = clock.now()
    if let group = try retryTogether(on: &connection, at: moment) {
      FaultPoint.queueCommitted.reached()
      log.settled(group)
      return group.count
    }
    var count = 0
    while count < Limits.settlementGroupEventsMax, try retryOne(on: &connection, at: moment) {
      count += 1
    }
    return count
  }

  /// - Returns: nil when the group cannot be settled as one.
  private func retryTogether(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> [Settlement.Settled]? {
    do throws(DatabaseError) {
      return try connection.transaction(lockTimeoutsMax: 1) {
        (transaction) throws(DatabaseError) -> Completion<[Settlement.Settled]?> in
        if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
        let due = try InboxQueue.lockDue(
          at: moment, limit: Limits.settlementGroupEventsMax, in: &transaction)
        if due.isEmpty { return .rollback([]) }
        let events = due.compactMap(\.event)
        guard events.count == due.count else { return .rollback(nil) }
        let attempt = try transaction.savepoint { (transaction) throws(DatabaseError) in
          try Settlement.settle(events, in: &transaction, at: moment, rules: rules)
        }
        guard case .success(let settled) = attempt else { return .rollback(nil) }
        FaultPoint.queueSettled.reached()
        return .commit(settled)
      }
    } catch {
      guard error.isTransient else { throw error }
      return nil
    }
  }

  func noteRetryFailed(_ error: DatabaseError) { log.retryFailed(error) }

  private func retryOne(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    var taken: InboxQueue.Due?
    do throws(DatabaseError) {
      let (settled, deferred) = try connection.transaction(lockTimeoutsMax: 1) {
        (transaction) throws(DatabaseError) -> Completion<([Settlement.Settled], Deferred?)> in
        let isStopped = try Controls.settlementIsStopped(in: &transaction)
        taken =
          isStopped ? nil : try InboxQueue.lockDue(at: moment, limit: 1, in: &transaction).first
        guard let taken else { return .rollback(([], nil)) }
        switch try attempt(taken, at: moment, in: &transaction) {
        case .success(let settled): return .commit((settled, nil))
        case .failure(let error):
          return .commit(([], try postpone(taken, error, at: moment, in: &transaction)))
        }
      }
      log.settled(settled)
      note(deferred)
    } catch {
      // The whole transaction is gone, and with it the note that this attempt failed.
      guard error.isTransient, let taken else { throw error }
      note(
        try connection.transaction { (transaction) throws(DatabaseError) in
          .commit(try postpone(taken, error, at: moment, in: &transaction))
        })
    }
    return taken != nil
  }

  private func attempt(
    _ due: InboxQueue.Due, at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> Result<[Settlement.Settled], DatabaseError> {
    guard let event = due.event else {
      return .failure(.inconsistent("event \(due.id) cannot be read back"))
    }
    return try transaction.savepoint { (transaction) throws(DatabaseError) in
      try Settlement.settle([event], in: &transaction, at: moment, rules: rules)
    }
  }

  private func postpone(
    _ due: InboxQueue.Due, _ error: DatabaseError, at moment: Timestamp,
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Deferred {
    let isParked = try InboxQueue.postpone(
      due.id, attempts: due.attempts, error: error, at: moment, in: &transaction)
    if let event = due.event { try PaymentMatch.askAbout(event, in: &transaction, at: moment) }
    return Deferred(id: due.id, event: due.event, error: error, isParked: isParked)
  }

  private func note(_ deferred: Deferred?) {
    guard let deferred, let error = deferred.error else { return }
    if deferred.isParked {
      log.parked(deferred.id, deferred.event, error)
    } else {
      log.deferred(deferred.id, deferred.event, error)
    }
  }
}

extension DatabaseError {
  /// Trouble that handling events one by one would only repeat.
  var isConnectionTrouble: Bool { kind == .connectionLost || kind == .outcomeUnknown }
}
