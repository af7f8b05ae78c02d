import Glibc

extension ListeningSocket {
  /// First file descriptor that systemd hands over (sd_listen_fds(3)).
  private static let firstInherited: Int32 = 3
  /// Most sockets that are taken over.
  static let inheritedSocketsMax = 16

  /// Takes over the sockets that systemd has opened for this process. Call it once, at the start.
  /// - Parameter environment: holds `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
  /// - Returns: the sockets by name; none when the variables are for another process or absent.
  /// - Throws: `SocketError` for a count that is no number, for names that are missing or the same twice, and for a
  ///   file that is no listening socket.
  public static func inherited(
    environment: [String: String]
  ) throws(SocketError) -> [String: ListeningSocket] {
    try inherited(environment: environment, first: firstInherited)
  }

  static func inherited(
    environment: [String: String], first: Int32
  ) throws(SocketError) -> [String: ListeningSocket] {
    guard environment["LISTEN_PID"] == String(getpid()) else { return [:] }
    guard let count = environment["LISTEN_FDS"].flatMap({ Int($0) }),
      (0...inheritedSocketsMax).contains(count)
    else {
      throw .invalidInheritance("LISTEN_FDS is no number up to \(inheritedSocketsMax)")
    }
    let names = (environment["LISTEN_FDNAMES"] ?? "").split(
      separator: ":", omittingEmptySubsequences: false
    ).map { String($0) }
    if count == 0 { return [:] }
    guard names.count == count, Set(names).count == count, !names.contains("") else {
      throw .invalidInheritance("LISTEN_FDNAMES must hold \(count) different names")
    }
    for offset in 0..<Int32(count) { try adopt(first + offset) }
    let sockets = (0..<Int32(count)).map {
      ListeningSocket(descriptor: first + $0, boundPath: nil)
    }
    return Dictionary(uniqueKeysWithValues: zip(names, sockets))
  }

  /// Checks that a descriptor listens, keeps it from programs that we start, and makes it wait in
  /// `accept` (`NonBlocking=` of systemd would make it return at once).
  private static func adopt(_ descriptor: Int32) throws(SocketError) {
    var isListening: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
    var domain: Int32 = 0
    let domainResult = unsafe getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length)
    guard result == 0, isListening == 1, domainResult == 0, domain == AF_UNIX else {
      throw .invalidInheritance("file descriptor \(descriptor) is no listening Unix socket")
    }
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
      fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) == 0
    else { throw .system(call: "fcntl", code: errno) }
  }
}
