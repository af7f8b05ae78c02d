/// Whether a stream of this process leads to the system's journal.
///
/// Source: systemd.exec(5), `$JOURNAL_STREAM`; sd-daemon(3) on the prefixes.
public enum JournalStream {
  /// - Parameters:
  ///   - variable: `$JOURNAL_STREAM`, which names a device and an inode, such as `9:12345`. A process
  ///     that somebody started with another stream inherits the variable all the same.
  ///   - device: of the stream, as fstat(2) tells it.
  ///   - inode: of the stream.
  public static func isMeant(by variable: String?, device: UInt64, inode: UInt64) -> Bool {
    guard let parts = variable?.split(separator: ":", omittingEmptySubsequences: false),
      parts.count == 2
    else { return false }
    return UInt64(parts[0]) == device && UInt64(parts[1]) == inode
  }
}
