import Glibc

/// A lock that one process of several holds; flock(2). The end of the process gives it back, however it came.
enum FileLock {
  private static let retryMicroseconds: useconds_t = 20_000

  /// Does something while no other process does.
  /// - Parameter patience: how long to wait for whoever holds it; nil waits for ever.
  /// - Returns: nil when the time was up.
  static func hold<Value>(
    _ path: String, patience: Duration? = nil, _ work: () throws(SmallFile.Failure) -> Value
  ) throws(SmallFile.Failure) -> Value? {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SmallFile.Failure(path: path, code: errno) }
    defer { close(descriptor) }
    let end = patience.map { ContinuousClock.now + $0 }
    while flock(descriptor, end == nil ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR || errno == EWOULDBLOCK else {
        throw SmallFile.Failure(path: path, code: errno)
      }
      if let end, ContinuousClock.now >= end { return nil }
      usleep(retryMicroseconds)
    }
    return try work()
  }
}
