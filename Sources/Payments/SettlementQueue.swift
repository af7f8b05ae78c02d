public import Database
import Threads
import Vocabulary

/// Brings the threads that received events together with the few that settle them, so that events
/// waiting at the same moment share one transaction.
public final class SettlementQueue: Sendable {
  /// Threads that settle. Two keep the database busy while one waits for its commit.
  public static let settlerThreads = 2
  /// Longest wait of a receiver, in seconds; then the provider is asked to send again.
  public static let receiveTimeoutSeconds = 20
  /// Events that may wait at once; more are refused at once, and their providers send them again.
  static let waitingEventsMax = 4_096
  /// Pause between two looks for events that are due again, in milliseconds. However many new events
  /// come, those that wait to be settled again are looked for this often.
  static let retryIntervalMilliseconds = 1_000
  /// Groups that a rush may store before a group of stored events is settled.
  static let storedGroupsMax = 4

  /// How full a transaction is.
  private struct GroupSize {
    private var events = 0
    private var bytes = 0

    /// Whether the next event fits in too; the first always does.
    mutating func takes(_ event: ReceivedEvent) -> Bool {
      events += 1
      bytes += event.body?.count ?? 0
      return events == 1
        || (events <= Limits.settlementGroupEventsMax && bytes <= Limits.settlementGroupBytesMax)
    }
  }

  private struct Ticket: Sendable {
    /// What belongs together is settled together.
    let events: [ReceivedEvent]
    let answer: Monitor<Result<[Receipt], SubmitError>?>
  }

  private struct State: Sendable {
    var waiting: [Ticket] = []
    var isStopping = false
  }

  /// When a received event is settled.
  public enum Mode: String, CaseIterable, Sendable {
    /// In the transaction that stores it.
    case settle
    /// Stored at once and settled when the rush leaves time, in large groups.
    case queue
  }

  private let desk: SettlementDesk
  private let mode: Mode
  private let state = Monitor(State())

  public init(desk: SettlementDesk, mode: Mode = .settle) {
    self.desk = desk
    self.mode = mode
  }

  /// Why an event was not made durable. The provider has to send it again.
  public enum SubmitError: Error, Sendable {
    case database(DatabaseError)
    case timedOut
    case overloaded
  }

  /// Hands an event in and waits until it is durable.
  public func submit(_ event: ReceivedEvent) throws(SubmitError) -> Receipt {
    try submit(group: [event]).first ?? .deferred
  }

  /// Hands in what was said at once, in the order in which to settle it, and waits until it is durable.
  ///
  /// - Parameter events: what is more than fits into one transaction is settled after the rest.
  public func submit(group events: [ReceivedEvent]) throws(SubmitError) -> [Receipt] {
    var size = GroupSize()
    let first = Array(events.prefix { size.takes($0) })
    guard !first.isEmpty else { return [] }
    let receipts = try submit(together: first)
    return try receipts + submit(group: Array(events.dropFirst(first.count)))
  }

  private func submit(together events: [ReceivedEvent]) throws(SubmitError) -> [Receipt] {
    let ticket = Ticket(events: events, answer: Monitor(nil))
    let isAccepted = state.withLock { state in
      guard !state.isStopping, state.waiting.count < SettlementQueue.waitingEventsMax else {
        return false
      }
      state.waiting.append(ticket)
      return true
    }
    guard isAccepted else { throw .overloaded }
    state.notifyOne()
    let result = ticket.answer.wait(
      timeout: .seconds(SettlementQueue.receiveTimeoutSeconds), until: { $0 })
    guard let result else { throw .timedOut }
    return try result.get()
  }

  /// The body of a settler thread: settles what waits until `stop()` and the queue is empty, and in
  /// its idle moments what is due again.
  public func settleUntilStopped(on connection: inout Connection) {
    var hasStored = false
    var storedGroups = 0
    var nextRetry = ContinuousClock.now
    while let tickets = nextGroup(mayWait: !hasStored) {
      if !tickets.isEmpty {
        settle(tickets, on: &connection)
        hasStored = mode == .queue || hasStored
        storedGroups += mode == .queue ? 1 : 0
      }
      if tickets.isEmpty || storedGroups >= SettlementQueue.storedGroupsMax || nextRetry <= .now {
        hasStored = retryWhatIsDue(on: &connection)
        storedGroups = 0
        nextRetry = .now + .milliseconds(SettlementQueue.retryIntervalMilliseconds)
      }
    }
    if mode == .queue { _ = retryWhatIsDue(on: &connection) }
  }

  /// Refuses new events; settlers finish those that wait.
  public func stop() {
    state.withLock { $0.isStopping = true }
    state.notifyAll()
  }

  /// The tickets that wait, an empty list when none came for a while, nil when it is time to end.
  private func nextGroup(mayWait: Bool) -> [Ticket]? {
    let group: [Ticket]?? = state.wait(
      timeout: .milliseconds(mayWait ? SettlementQueue.retryIntervalMilliseconds : 0)
    ) { state in
      if state.waiting.isEmpty { return state.isStopping ? .some(nil) : nil }
      var size = GroupSize()
      let group = state.waiting.prefix { ticket in ticket.events.allSatisfy { size.takes($0) } }
      state.waiting.removeFirst(group.count)
      return .some(Array(group))
    }
    return group ?? []
  }

  private func settle(_ tickets: [Ticket], on connection: inout Connection) {
    let events = tickets.flatMap(\.events)
    let settled =
      switch mode {
      case .settle: desk.receive(events, on: &connection)
      case .queue: desk.store(events, on: &connection)
      }
    var results = settled[...]
    for ticket in tickets {
      let own = results.prefix(ticket.events.count)
      results = results.dropFirst(own.count)
      ticket.answer.withLock { $0 = SettlementQueue.answer(own) }
      ticket.answer.notifyOne()
    }
  }

  /// Every part of what was said at once has to be durable.
  private static func answer(
    _ results: ArraySlice<Result<Receipt, DatabaseError>>
  ) -> Result<[Receipt], SubmitError> {
    var receipts: [Receipt] = []
    for result in results {
      switch result {
      case .success(let receipt): receipts.append(receipt)
      case .failure(let error): return .failure(.database(error))
      }
    }
    return .success(receipts)
  }

  /// Settles one group. Trouble with the database ends the round; the next idle moment tries again.
  /// - Returns: whether more may be due.
  private func retryWhatIsDue(on connection: inout Connection) -> Bool {
    do throws(DatabaseError) {
      return try desk.retryDue(on: &connection) == Limits.settlementGroupEventsMax
    } catch {
      desk.noteRetryFailed(error)
      return false
    }
  }
}
