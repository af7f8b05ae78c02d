import Synchronization
import Vocabulary

/// How many calls to providers one user may cause, however many orders and payments there are.
///
/// Counted by each process in whole minutes of the monotonic clock.
final class CallBudget: Sendable {
  private struct State {
    var beganAt = ContinuousClock.now
    var calls: [UserID: Int] = [:]
  }

  private let state = Mutex(State())
  private let callsMax: Int

  static let windowSeconds: Int64 = 60

  /// - Parameter callsMax: that one user may cause in `windowSeconds`.
  init(callsMax: Int) { self.callsMax = callsMax }

  /// Counts a call that is about to be made.
  /// - Returns: nil, or after how many seconds the user may cause calls again.
  func spend(_ user: UserID) -> Int64? {
    let now = ContinuousClock.now
    return state.withLock { state in
      let window = Duration.seconds(Self.windowSeconds)
      if now - state.beganAt >= window { state = State(beganAt: now) }
      let calls = state.calls[user, default: 0]
      guard calls < callsMax else {
        let left = window - (now - state.beganAt)
        return max(1, left.components.seconds)
      }
      state.calls[user] = calls + 1
      return nil
    }
  }
}
