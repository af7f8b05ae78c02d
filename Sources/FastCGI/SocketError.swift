/// Why there is no socket to listen on.
public enum SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path does not fit into an address (unix(7)).
  case pathTooLong(path: String, bytesMax: Int)
  /// Something that is no socket has the path.
  case notASocket(path: String)
  /// Another process listens there.
  case inUse(path: String)
  /// A system call failed.
  case system(call: String, code: Int32)
  /// The variables of systemd (sd_listen_fds(3)) contradict each other or the open files.
  case invalidInheritance(String)

  public var description: String {
    switch self {
    case .pathTooLong(let path, let bytesMax):
      "the socket path \(path) is longer than \(bytesMax) bytes"
    case .notASocket(let path): "\(path) exists and is no socket"
    case .inUse(let path): "another process listens on \(path)"
    case .system(let call, let code): "\(call) failed: errno \(code)"
    case .invalidInheritance(let why): "inherited sockets: \(why)"
    }
  }
}
