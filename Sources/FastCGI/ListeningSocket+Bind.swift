import Glibc

extension ListeningSocket {
  /// Longest path of a socket, in bytes.
  public static let pathBytesMax = UnixAddress.pathBytesMax

  /// Makes a Unix socket and listens on it.
  ///
  /// A socket file on which nobody listens, as a crash leaves it, is replaced.
  /// - Parameters:
  ///   - path: where; at most `pathBytesMax` bytes.
  ///   - backlog: connections that may wait to be accepted (listen(2)).
  ///   - mode: permissions of the file. Until they are set nobody but its owner can connect.
  /// - Throws: `SocketError`.
  public static func bind(
    path: String, backlog: Int, mode: UInt32 = 0o660
  ) throws(SocketError) -> ListeningSocket {
    guard path.utf8.count <= pathBytesMax, !path.isEmpty, !path.utf8.contains(0) else {
      throw .pathTooLong(path: path, bytesMax: pathBytesMax)
    }
    try removeStaleFile(path)
    let descriptor = try streamSocket()
    do throws(SocketError) {
      // The file gets the mode of the unbound socket; see fchmod(2) on sockets in unix(7).
      try check("fchmod", fchmod(descriptor, 0o600))
      try unsafe check("bind", UnixAddress.with(path) { unsafe Glibc.bind(descriptor, $0, $1) })
      guard let boundPath = BoundPath(path: path) else {
        throw SocketError.system(call: "lstat", code: errno)
      }
      do throws(SocketError) {
        try check("listen", listen(descriptor, Int32(clamping: backlog)))
        try check("chmod", unsafe chmod(path, mode))
      } catch {
        boundPath.remove()
        throw error
      }
      return ListeningSocket(descriptor: descriptor, boundPath: boundPath)
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func removeStaleFile(_ path: String) throws(SocketError) {
    var status = stat()
    if unsafe lstat(path, &status) != 0 {
      if errno == ENOENT { return }
      throw .system(call: "lstat", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    let probe = try streamSocket(SOCK_NONBLOCK.rawValue)
    defer { close(probe) }
    let result = unsafe UnixAddress.with(path) { unsafe connect(probe, $0, $1) }
    // EAGAIN: somebody listens, and the backlog is full.
    if result == 0 || errno == EAGAIN { throw .inUse(path: path) }
    guard errno == ECONNREFUSED else { throw .system(call: "connect", code: errno) }
    try check("unlink", unsafe unlink(path))
  }

  private static func streamSocket(_ flags: UInt32 = 0) throws(SocketError) -> Int32 {
    let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | flags
    let descriptor = socket(AF_UNIX, Int32(type), 0)
    try check("socket", descriptor)
    return descriptor
  }

  private static func check(_ call: String, _ result: Int32) throws(SocketError) {
    if result < 0 { throw .system(call: call, code: errno) }
  }
}
