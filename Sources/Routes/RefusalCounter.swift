import LogLines
import Synchronization
import Vocabulary

/// Counts refused notifications and says which of them may have a line in the log. Each provider has a count
/// of its own, so that rubbish in the name of one hides no refusal of another.
final class RefusalCounter: Sendable {
  private let budgets = Mutex<[PaymentMethod: LineBudget]>([:])

  /// Counts one refusal.
  /// - Returns: what to log, or nil when there were too many lines of late.
  func count(_ provider: PaymentMethod, at now: Timestamp) -> LineBudget.Line? {
    budgets.withLock { $0[provider, default: LineBudget()].count(atMicroseconds: now.microseconds) }
  }
}
