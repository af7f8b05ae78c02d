import FastCGI
import Glibc
import LogLines
import Logging
import Vocabulary

/// What the process before this one left behind in the folder that the service manager keeps for the unit.
enum LastProcess {
  private static let boardName = "requests"
  private static let memoryName = "fatal-requests"
  private static let memoryBytesMax = 1 << 20

  /// Tells which requests were under way when it ended, and watches those of this process.
  /// - Returns: nil without such a folder.
  static func watch(
    folder: String?, threads: Int, matchesSize: Bool, at moment: Timestamp, _ logger: Logger
  ) -> RequestWatch? {
    guard let folder, folder.hasPrefix("/"), !folder.contains(":"),
      let (board, remnants) = RequestBoard.open("\(folder)/\(boardName)", places: threads)
    else { return nil }
    let memory = "\(folder)/\(memoryName)"
    var fatal = FatalRequests(text(memory))
    fatal.add(remnants, at: moment.unixSeconds)
    write(fatal.text, to: memory)
    for remnant in remnants { tell(remnant, times: fatal.count(remnant.trace), logger) }
    board.watchForFaults()
    return RequestWatch(board: board, fatal: fatal, matchesSize: matchesSize)
  }

  private static func tell(_ remnant: RequestBoard.Remnant, times: Int, _ logger: Logger) {
    let trace = remnant.trace
    let fields: LogFields = [
      .times: "\(times)", .address: "\(trace.address)", .method: "\(trace.method)",
      .path: "\(trace.path)", .bodyBytes: "\(trace.bodyBytes)",
    ]
    if remnant.isFatal {
      logger.write(
        .critical, "a request ended the process; it is refused for a while when it comes again",
        fields)
    } else {
      logger.write(.warning, "the process ended while a request was under way", fields)
    }
  }

  private static func text(_ path: String) -> String {
    guard let file = unsafe fopen(path, "re") else { return "" }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: memoryBytesMax)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// What cannot be written is told again after the next end.
  private static func write(_ text: String, to path: String) {
    let new = path + ".new"
    guard let file = unsafe fopen(new, "we") else { return }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    let isClosed = unsafe fclose(file) == 0
    if isClosed, count == bytes.count { unsafe rename(new, path) }
  }
}
