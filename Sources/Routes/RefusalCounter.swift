import Synchronization
import Vocabulary

/// Counts refused notifications and says which of them may have a line in the log. Each provider has a count
/// of its own, so that rubbish in the name of one hides no refusal of another.
final class RefusalCounter: Sendable {
  /// Lines of one provider in one window; more are only counted.
  static let linesPerWindowMax = 60
  static let windowSeconds: Int64 = 60

  struct Line: Equatable {
    /// Of this provider, since the process began.
    let total: Int
    /// Refusals before this one that have no line.
    let unlogged: Int
  }

  private struct State {
    var total = 0
    var unlogged = 0
    var windowStart = Timestamp(microseconds: 0)
    var linesInWindow = 0
  }

  private let states = Mutex<[PaymentMethod: State]>([:])

  /// Counts one refusal.
  /// - Returns: what to log, or nil when there were too many lines of late.
  func count(_ provider: PaymentMethod, at now: Timestamp) -> Line? {
    states.withLock { states in
      var state = states[provider, default: State()]
      defer { states[provider] = state }
      state.total += 1
      if now >= state.windowStart.adding(seconds: Self.windowSeconds) || now < state.windowStart {
        state.windowStart = now
        state.linesInWindow = 0
      }
      guard state.linesInWindow < Self.linesPerWindowMax else {
        state.unlogged += 1
        return nil
      }
      state.linesInWindow += 1
      defer { state.unlogged = 0 }
      return Line(total: state.total, unlogged: state.unlogged)
    }
  }
}
