import Glibc

/// What a pool needs to tell which request ended a process, and not to try it again.
public struct RequestWatch: Sendable {
  let board: RequestBoard
  let fatal: FatalRequests
  let matchesSize: Bool

  /// - Parameter matchesSize: see `FatalRequests.refuses`.
  public init(board: RequestBoard, fatal: FatalRequests, matchesSize: Bool) {
    self.board = board
    self.fatal = fatal
    self.matchesSize = matchesSize
  }

  func refuses(_ trace: RequestTrace) -> Bool {
    !fatal.records.isEmpty
      && fatal.refuses(trace, at: Int64(time(nil)), matchesSize: matchesSize)
  }
}
