import Glibc

/// The address of a Unix socket for system calls (unix(7)).
enum UnixAddress {
  /// Longest path of a socket, in bytes: `sun_path` less its NUL.
  static let pathBytesMax = 107

  /// Runs `body` with the address of a path whose length has been checked.
  ///
  /// A path that begins with `@` is a name of the abstract namespace when `isAbstractAllowed`.
  static func with(
    _ path: String, isAbstractAllowed: Bool = false,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    var length = MemoryLayout<sockaddr_un>.size
    if isAbstractAllowed, path.hasPrefix("@") {
      address.sun_path.0 = 0
      // An abstract name has no NUL at its end: the length says where it ends.
      length =
        MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + path.utf8.count } ?? length
    }
    return unsafe withUnsafeBytes(of: &address) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
    }
  }
}
