import Glibc

/// A TCP port on loopback that nobody listens on at this moment.
public func freePort() -> UInt16 {
  let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(probe) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      _ = unsafe bind(probe, generic, length)
      _ = unsafe getsockname(probe, generic, &length)
    }
  }
  return UInt16(bigEndian: address.sin_port)
}
