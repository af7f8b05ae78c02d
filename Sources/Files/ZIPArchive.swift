import CZip
import Glibc

/// The members of a ZIP file.
@safe public final class ZIPArchive {
  private let archive: OpaquePointer

  /// Members that are looked at.
  public static let membersMax = 64

  /// - Throws: `notAnArchive`.
  public init(_ file: TemporaryFile) throws(FileError) {
    var code: CInt = 0
    // The archive closes its descriptor, so it gets one of its own.
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .system(operation: "dup", code: errno) }
    guard let archive = unsafe zip_fdopen(copy, ZIP_CHECKCONS, &code) else {
      close(copy)
      throw .notAnArchive
    }
    unsafe self.archive = unsafe archive
  }

  deinit { unsafe zip_discard(archive) }

  /// The names of the members as their bytes, which need not be UTF-8.
  public var names: [[UInt8]] {
    let count = min(Int(unsafe zip_get_num_entries(archive, 0)), ZIPArchive.membersMax)
    return (0..<max(0, count)).map { index in
      guard
        let name = unsafe zip_get_name(archive, zip_uint64_t(index), zip_flags_t(ZIP_FL_ENC_RAW))
      else { return [] }
      return unsafe Array(UnsafeBufferPointer(start: name, count: strlen(name)))
        .map { UInt8(bitPattern: $0) }
    }
  }

  /// Hands over the lines of a member.
  ///
  /// - Parameter index: the member's place in `names`.
  /// - Throws: `FileError`, or what `receive` throws.
  public func readLines(of index: Int, _ receive: ([UInt8]) throws -> Void) throws {
    guard index >= 0, let member = unsafe zip_fopen_index(archive, zip_uint64_t(index), 0) else {
      throw FileError.damaged
    }
    defer { unsafe zip_fclose(member) }
    var splitter = LineSplitter()
    while true {
      var part = [UInt8](repeating: 0, count: TemporaryFile.partBytes)
      let count = Int(unsafe zip_fread(member, &part, zip_uint64_t(part.count)))
      guard count >= 0 else { throw FileError.damaged }
      guard count > 0 else { break }
      part.removeLast(part.count - count)
      try splitter.add(part, receive)
    }
    try splitter.finish(receive)
  }
}
