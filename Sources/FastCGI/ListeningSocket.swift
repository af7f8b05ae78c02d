import Glibc
import Synchronization
import Threads

/// A socket on which the web server connects.
///
/// One that is inherited outlives this process, so it is never shut down and its path is never removed:
/// connections that wait in it are for the next process. One that was bound here is emptied when the
/// process stops.
public final class ListeningSocket: Sendable {
  /// A connection, or why there is none.
  enum Accepted: Equatable {
    case connection(Int32)
    /// Interrupted, or the client was already gone: try again.
    case again
    /// Retired, and nobody waits any more.
    case empty
    case failed(Int32)
  }

  let descriptor: Int32
  /// Where it was bound by this process; nil when inherited.
  let boundPath: BoundPath?

  init(descriptor: Int32, boundPath: BoundPath?) {
    self.descriptor = descriptor
    self.boundPath = boundPath
  }

  deinit {
    boundPath?.remove()
    close(descriptor)
  }

  /// Whether this process has made the socket, and so has to empty it.
  var isOwned: Bool { boundPath != nil }

  /// Takes one connection, waiting for it.
  ///
  /// A signal ends the wait, but only the wait: what was accepted before the signal is returned.
  func accept() -> Accepted {
    let (connection, code) = WorkerThread.interruptibly {
      let connection = Glibc.accept(descriptor, nil, nil)
      return (connection, connection < 0 ? errno : 0)
    }
    if connection >= 0 {
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      return .connection(connection)
    }
    switch code {
    case EINTR, ECONNABORTED, EPROTO, EAGAIN: return .again
    case EINVAL: return .empty
    default: return .failed(code)
    }
  }

  /// Turns new clients away from a socket of our own. Those that are connected can still be accepted.
  func retire() {
    guard let boundPath else { return }
    boundPath.remove()
    shutdown(descriptor, Int32(SHUT_RDWR))
  }
}

/// The file of a bound socket, removed once and only while it is still that file.
final class BoundPath: Sendable {
  let path: String
  private let device: dev_t
  private let inode: ino_t
  private let removed = Atomic(false)

  init?(path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    self.path = path
    device = status.st_dev
    inode = status.st_ino
  }

  func remove() {
    if removed.exchange(true, ordering: .relaxed) { return }
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else {
      return
    }
    unsafe unlink(path)
  }
}
