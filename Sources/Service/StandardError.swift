import FoundationEssentials
import Glibc
import LogLines

/// The stream for lines that are no results.
enum StandardError {
  private static let isJournal: Bool = {
    var status = stat()
    guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
    return JournalStream.isMeant(
      by: ProcessInfo.processInfo.environment["JOURNAL_STREAM"],
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }()

  /// - Parameter line: without its end.
  static func write(_ priority: Priority, _ line: String) {
    // One write for the whole line, so that lines of several threads never mix.
    var text = (isJournal ? priority.prefix : "") + line + "\n"
    text.withUTF8 { bytes in
      _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
