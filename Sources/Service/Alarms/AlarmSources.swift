import Glibc
import Vocabulary

/// What the machine tells: the critical lines of the journal, and how a unit ended.
enum AlarmSources {
  private static let journalctl = "/usr/bin/journalctl"
  private static let systemctl = "/usr/bin/systemctl"
  /// Critical lines that one look takes; the next look takes the rest.
  static let linesMax = 1_000
  /// How far back a look goes that does not know where the last one ended, in minutes.
  private static let lookBackMinutes = 10
  private static let lookSeconds = 120
  private static let unitSeconds = 15
  /// Of an entry of the journal as JSON: bytes that are no text take four times their length.
  private static let entryBytesMax = 5 * 1024 * 1024

  static let account = "\(getuid())"

  // MARK: The journal

  /// Looks at the critical lines since the last look.
  /// - Parameter cursor: where the last look ended.
  /// - Returns: nil when the journal cannot be read.
  static func look(after cursor: String?, linesMax: Int) -> JournalLook? {
    var look = JournalLook(after: cursor, account: account)
    guard let cursor else {
      // A first look begins behind the newest line of all: it only finds out where that is.
      return entries(["--lines=1"], { look.pass($0) }) ? look : nil
    }
    let filter = filter(linesMax)
    // journalctl's own --after-cursor and --cursor-file skip an entry too many when the last one does not fit the
    // filter.
    if entries(filter + ["--cursor=\(cursor)"], { look.add($0) }) { return look }
    Console.complain("where the last look ended cannot be found in the journal")
    return entries(filter + ["--since=-\(lookBackMinutes)min"], { look.add($0) }) ? look : nil
  }

  /// Any account of the machine may write a line as `coinpay`; the journal itself notes the account that a line comes
  /// from.
  private static func filter(_ linesMax: Int) -> [String] {
    [
      "--priority=crit", "--identifier=coinpay", "--lines=\(linesMax)", "_UID=0", "_UID=\(account)",
    ]
  }

  /// One JSON object a line: whatever a message holds, it cannot pass for another entry.
  private static func entries(_ words: [String], _ receive: ([UInt8]) -> Void) -> Bool {
    var lines = LineCutter(bytesMax: entryBytesMax)
    let options = [
      "--quiet", "--no-pager", "--output=json", "--all",
      "--output-fields=MESSAGE,_SYSTEMD_UNIT,_UID",
    ]
    let end = ChildProcess.run([journalctl] + options + words, timeout: .seconds(lookSeconds)) {
      lines.add($0, receive)
    }
    lines.finish(receive)
    return end == .exited(0)
  }

  // MARK: A unit

  /// How a unit ended and what it said last.
  static func lastWords(of unit: String) -> String {
    let state = text([
      systemctl, "show", "--property=Result,ExecMainStatus,NRestarts", "--", unit,
    ])
    let lines = text([
      journalctl, "--no-pager", "--output=short-iso", "--lines=60", "--unit=\(unit)",
    ])
    return state + lines
  }

  /// As much as is told of what a program prints, however it ends.
  private static func text(_ words: [String]) -> String {
    var bytes: [UInt8] = []
    _ = ChildProcess.run(words, timeout: .seconds(unitSeconds)) { part in
      bytes += part.prefix(Alarm.textLimit.max - bytes.count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
