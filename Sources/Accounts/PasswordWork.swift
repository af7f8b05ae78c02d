import Crypto
import Threads
import Vocabulary

/// Bounds how many passwords are hashed at once: each takes 32 MiB and a core. Few wait for their turn,
/// since whoever waits holds a thread that could sell something meanwhile.
final class PasswordWork: Sendable {
  static let concurrentMax = 2
  static let waitersMax = 6
  static let patience: Duration = .seconds(3)

  private struct State {
    var running = 0
    var waiting = 0
  }

  private let state = Monitor(State())

  /// Runs `body` when there is room.
  ///
  /// - Parameter isWanted: asked when it is this one's turn: what nobody waits for any more is left.
  /// - Returns: nil when too many wait already, the turn does not come, or nobody wants it any more.
  func run<R>(isWanted: () -> Bool = { true }, _ body: () -> R) -> R? {
    guard enter() else { return nil }
    defer {
      state.withLock { $0.running -= 1 }
      state.notifyOne()
    }
    return isWanted() ? body() : nil
  }

  /// Whether the next one would be turned away.
  var isFull: Bool { state.withLock { $0.waiting >= PasswordWork.waitersMax } }

  private func enter() -> Bool {
    let isIn: Bool? = state.withLock { state in
      if state.running < PasswordWork.concurrentMax, state.waiting == 0 {
        state.running += 1
        return true
      }
      guard state.waiting < PasswordWork.waitersMax else { return false }
      state.waiting += 1
      return nil
    }
    if let isIn { return isIn }
    let hasTurn = state.wait(timeout: PasswordWork.patience) { state -> Bool? in
      guard state.running < PasswordWork.concurrentMax else { return nil }
      state.running += 1
      return true
    }
    state.withLock { $0.waiting -= 1 }
    return hasTurn ?? false
  }
}
