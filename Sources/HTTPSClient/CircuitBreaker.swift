/// Suspends calls after repeated failures, then lets one through to see whether it works again.
///
/// A state machine without a clock of its own.
public struct CircuitBreaker: Sendable {
  /// Failures in a row that open it.
  public static let consecutiveFailuresMax = 5
  /// How long it stays open before a probe.
  public static let openSeconds: Int64 = 10

  private enum State: Hashable {
    case closed(failures: Int)
    case open(until: ContinuousClock.Instant)
    /// One call is on its way to find out.
    case probing(until: ContinuousClock.Instant)
  }

  private var state = State.closed(failures: 0)

  public init() {}

  /// Whether a call may begin; a call that may must be followed by `succeeded`, `failed` or
  /// `abandoned`.
  public mutating func mayCall(at now: ContinuousClock.Instant) -> Bool {
    switch state {
    case .closed: return true
    case .open(let until), .probing(let until):
      guard now >= until else { return false }
      state = .probing(until: now + .seconds(CircuitBreaker.openSeconds))
      return true
    }
  }

  /// Whether a call would be let through, without beginning one.
  public func isAvailable(at now: ContinuousClock.Instant) -> Bool {
    switch state {
    case .closed: true
    case .open(let until), .probing(let until): now >= until
    }
  }

  public mutating func succeeded() { state = .closed(failures: 0) }

  public mutating func failed(at now: ContinuousClock.Instant) {
    let failures: Int
    switch state {
    case .closed(let earlier): failures = earlier + 1
    case .open, .probing: failures = CircuitBreaker.consecutiveFailuresMax
    }
    state =
      failures >= CircuitBreaker.consecutiveFailuresMax
      ? .open(until: now + .seconds(CircuitBreaker.openSeconds)) : .closed(failures: failures)
  }

  /// The call ended before it could tell anything about the other side.
  public mutating func abandoned(at now: ContinuousClock.Instant) {
    if case .probing = state { state = .open(until: now) }
  }
}
