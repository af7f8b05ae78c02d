import Crypto
import Threads
import Vocabulary

/// Bounds how many passwords are hashed at once: each takes 32 MiB and a core.
final class PasswordWork: Sendable {
  static let concurrentMax = 2

  private let running = Monitor(0)

  /// Blocks until there is room, then runs `body`.
  func run<R>(_ body: () -> R) -> R {
    running.wait(timeout: nil) { count -> Void? in
      guard count < PasswordWork.concurrentMax else { return nil }
      count += 1
      return ()
    }
    defer {
      running.withLock { $0 -= 1 }
      running.notifyOne()
    }
    return body()
  }
}
