import Glibc

/// What this process is given to read.
enum StandardInput {
  private static let partBytes = 64 * 1024

  /// Hands over all of it, a part at a time.
  /// - Returns: false when it cannot be read to its end.
  @discardableResult
  static func read(_ receive: ([UInt8]) -> Void) -> Bool {
    var part = [UInt8](repeating: 0, count: partBytes)
    while true {
      let count = unsafe Glibc.read(STDIN_FILENO, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 }
      receive(Array(part.prefix(count)))
    }
  }
}
