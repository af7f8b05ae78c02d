import CFastCGI
import Glibc

/// Why there is no socket to listen on.
public enum SocketError: Error, CustomStringConvertible {
  case pathTooLong(path: String, bytesMax: Int)
  /// Another process answers on the path.
  case inUse(path: String)
  case system(operation: String, path: String, code: Int32)
  /// LISTEN_FDS and LISTEN_FDNAMES do not fit together.
  case inheritedMalformed(reason: String)

  public var description: String {
    switch self {
    case .pathTooLong(let path, let bytesMax):
      "the socket path \(path) is longer than \(bytesMax) bytes; choose a shorter one"
    case .inUse(let path): "another process listens on \(path)"
    case .system(let operation, let path, let code):
      "\(operation) failed for \(path): \(unsafe String(cString: strerror(code)))"
    case .inheritedMalformed(let reason): "inherited sockets: \(reason)"
    }
  }
}

/// A Unix socket that FastCGI requests come in by.
public struct ListeningSocket: Sendable {
  let descriptor: Int32
  /// The path to remove at the end; nil for an inherited socket, which lives on.
  let ownedPath: String?

  /// Connections that wait to be accepted; nginx sees a refusal beyond them.
  public static let backlogConnections: Int32 = 1_024
  /// The web server's group reaches the socket, nobody else.
  private static let permissions: mode_t = 0o660
  /// First descriptor that systemd passes: sd_listen_fds(3).
  private static let firstInherited: Int32 = 3

  /// Makes a socket at a path. A file that a dead process left behind is replaced.
  public static func bind(path: String) throws(SocketError) -> ListeningSocket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytesMax = MemoryLayout.size(ofValue: address.sun_path) - 1
    guard path.utf8.count <= bytesMax else {
      throw .pathTooLong(path: path, bytesMax: bytesMax)
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      for (index, byte) in path.utf8.enumerated() { unsafe target[index] = byte }
    }
    guard connectSucceeds(address) == false else { throw .inUse(path: path) }
    unsafe unlink(path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(operation: "socket", path: path, code: errno) }
    let socket = ListeningSocket(descriptor: descriptor, ownedPath: path)
    guard unsafe call(address, { unsafe Glibc.bind(descriptor, $0, $1) }) == 0 else {
      throw .system(operation: "bind", path: path, code: errno)
    }
    guard unsafe chmod(path, permissions) == 0, listen(descriptor, backlogConnections) == 0 else {
      throw .system(operation: "listen", path: path, code: errno)
    }
    return socket
  }

  /// The sockets that systemd passed to this process, by name.
  ///
  /// - Parameter environment: LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES.
  /// - Returns: empty when none were passed to this process.
  public static func inherited(
    environment: [String: String]
  ) throws(SocketError) -> [String: ListeningSocket] {
    guard let count = environment["LISTEN_FDS"].flatMap(Int32.init), count > 0,
      environment["LISTEN_PID"].flatMap(Int32.init) == getpid()
    else { return [:] }
    let names = (environment["LISTEN_FDNAMES"] ?? "").split(
      separator: ":", omittingEmptySubsequences: false)
    guard names.count == Int(count) else {
      throw .inheritedMalformed(reason: "LISTEN_FDNAMES names \(names.count) of \(count) sockets")
    }
    var sockets: [String: ListeningSocket] = [:]
    for (index, name) in names.enumerated() {
      let descriptor = firstInherited + Int32(index)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      guard sockets[String(name)] == nil else {
        throw .inheritedMalformed(reason: "two sockets are named \(name)")
      }
      sockets[String(name)] = ListeningSocket(descriptor: descriptor, ownedPath: nil)
    }
    return sockets
  }

  private static func call(
    _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe body(generic, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func connectSucceeds(_ address: sockaddr_un) -> Bool {
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { _ = Glibc.close(probe) }
    return unsafe call(address, { unsafe connect(probe, $0, $1) }) == 0
  }

  /// No new connection reaches a path of our own from now on; those that wait can still be accepted.
  func stopOffering() {
    if let ownedPath { unsafe unlink(ownedPath) }
  }

  /// An inherited socket stays open in systemd; closing our copy harms nobody. It must never be
  /// shut down: that would refuse connections to the next process too.
  func close() { _ = Glibc.close(descriptor) }
}
