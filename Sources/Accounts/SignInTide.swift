import Synchronization
import Vocabulary

/// Bounds the failures of all places together, for guessing that comes from everywhere. One for each
/// process, in memory: it has to hold for minutes, and every attempt passes it.
final class SignInTide: Sendable {
  static let failuresMax = 120
  static let windowSeconds: Int64 = 60

  private struct State {
    var failures = 0
    var windowStart = Timestamp(microseconds: 0)
  }

  private let state = Mutex(State())

  /// Counts an attempt as if it had failed already.
  /// - Returns: nil when it may be made, else for how many seconds none may.
  func take(at now: Timestamp) -> Int64? {
    state.withLock { state in
      let end = state.windowStart.adding(seconds: SignInTide.windowSeconds)
      // A clock that was set back must not keep everybody out until it has caught up.
      if now >= end || now < state.windowStart { state = State(windowStart: now) }
      guard state.failures < SignInTide.failuresMax else {
        let end = state.windowStart.adding(seconds: SignInTide.windowSeconds)
        return max(1, (end.microseconds - now.microseconds) / 1_000_000)
      }
      state.failures += 1
      return nil
    }
  }

  /// Takes an attempt back that was no failure.
  func giveBack() {
    state.withLock { $0.failures = max(0, $0.failures - 1) }
  }
}
