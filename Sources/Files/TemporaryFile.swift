import Glibc

/// A file without a name that is gone when the last reference goes.
///
/// Invariant: written first, read afterwards, by one thread at a time.
public final class TemporaryFile: @unchecked Sendable {
  // Proof of Sendable: the one property never changes and the kernel serialises what is done to it.
  let descriptor: CInt

  /// - Throws: `FileError` when the folder for temporary files cannot take one.
  public init() throws(FileError) {
    let folder = environmentText("TMPDIR") ?? "/tmp"
    let pattern = String(repeating: "X", count: 6)
    var path = Array("\(folder)/coinpay-\(pattern)".utf8CString)
    descriptor = unsafe mkstemp(&path)
    guard descriptor >= 0 else { throw .system(operation: "mkstemp", code: errno) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unsafe unlink(path)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let count = unsafe write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(operation: "write", code: errno) }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  public func append(_ bytes: [UInt8]) throws(FileError) {
    let result = unsafe bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in unsafe try append(buffer) }
    }
    try result.get()
  }

  /// Hands over the whole content from its beginning, a part at a time.
  public func read(_ receive: ([UInt8]) throws -> Void) throws {
    var position: off_t = 0
    while true {
      var part = [UInt8](repeating: 0, count: TemporaryFile.partBytes)
      let count = unsafe pread(descriptor, &part, part.count, position)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError.system(operation: "read", code: errno) }
      guard count > 0 else { return }
      position += off_t(count)
      part.removeLast(part.count - count)
      try receive(part)
    }
  }

  static let partBytes = 64 * 1024
}

/// Why a file could not be used.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  case system(operation: String, code: CInt)
  case notAnArchive
  /// A member of the archive is damaged.
  case damaged
  case lineTooLong

  public var description: String {
    switch self {
    case .system(let operation, let code): unsafe "\(operation): \(String(cString: strerror(code)))"
    case .notAnArchive: "the file is no ZIP archive"
    case .damaged: "a file in the archive is damaged"
    case .lineTooLong: "a line is longer than \(LineSplitter.lineBytesMax) bytes"
    }
  }
}

private func environmentText(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}
