import FoundationEssentials
import Glibc

/// Small files that another process may read at any moment: each is replaced as a whole.
enum SmallFile {
  struct Failure: Error, Hashable, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { unsafe "\(path): \(String(cString: strerror(code)))" }
  }

  /// What is just being written has this behind its name.
  static let newSuffix = ".new"

  /// - Parameter mode: who may look into it, whatever the umask is; of one that is there already it stays.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(Failure) {
    guard unsafe mkdir(path, mode) != 0 else {
      unsafe chmod(path, mode)
      return
    }
    if errno != EEXIST { throw Failure(path: path, code: errno) }
  }

  /// The names in a folder, in order, without what is being written. What cannot be looked into holds none.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasSuffix(newSuffix) }.sorted()
  }

  /// - Returns: nil for what is not there, cannot be read or is larger. What is no UTF-8 stands for U+FFFD.
  static func text(_ path: String, bytesMax: Int) -> String? {
    // O_NONBLOCK: a pipe that lies there keeps nobody waiting.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    var count = 0
    while count < bytes.count {
      let part = unsafe bytes[count...].withUnsafeMutableBytes { rest in
        unsafe read(descriptor, rest.baseAddress, rest.count)
      }
      if part < 0, errno == EINTR { continue }
      guard part >= 0 else { return nil }
      guard part > 0 else { break }
      count += part
    }
    return count <= bytesMax ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  /// Writes a file anew. After a crash it is the old one or the new one.
  /// - Parameter mode: who may read it, whatever the umask is.
  static func replace(
    _ path: String, with text: String, mode: mode_t = 0o600
  ) throws(Failure) {
    let new = path + newSuffix
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(new, flags, 0o600)
    guard descriptor >= 0 else { throw Failure(path: new, code: errno) }
    let isWritten =
      write(Array(text.utf8), to: descriptor) && fchmod(descriptor, mode) == 0
      && fsync(descriptor) == 0
    let code = errno
    close(descriptor)
    guard isWritten, unsafe rename(new, path) == 0 else {
      let failure = Failure(path: path, code: isWritten ? errno : code)
      unsafe unlink(new)
      throw failure
    }
  }

  /// Writes a file that is not there yet: through no link, and into no device or pipe that a link leads to.
  static func create(_ path: String, with text: String, mode: mode_t) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    let isWritten = write(Array(text.utf8), to: descriptor) && fchmod(descriptor, mode) == 0
    let code = errno
    close(descriptor)
    if !isWritten { throw Failure(path: path, code: code) }
  }

  static func remove(_ path: String) { unsafe unlink(path) }

  /// When it was changed last, in seconds since 1970; nil when it is not there.
  static func changedAt(_ path: String) -> Int64? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return Int64(status.st_mtim.tv_sec)
  }

  /// The size of a file; nil when there is none of that name. Links are followed.
  static func bytes(_ path: String) -> Int64? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
