import Crypto
import Files
import Provider

/// A bill that was downloaded into a file.
enum WeChatPayBillFile {
  /// Hands over its lines in parts.
  static func read(
    _ file: TemporaryFile, _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) throws -> BooksOutcome {
    var bill = WeChatPayBill()
    var splitter = LineSplitter()
    var lines = BillLines()
    func take(_ bytes: [UInt8]) throws {
      try lines.take({ () throws(BillProblem) in try bill.read(bytes) }, receive)
    }
    try file.read { part in try splitter.add(part, take) }
    try splitter.finish(take)
    try lines.finish(receive)
    guard bill.isComplete else {
      return .unknown(Cause(.unavailable, "the bill breaks off before its totals"))
    }
    return lines.outcome
  }

  /// The first bytes, which tell an error message from a bill.
  static func head(_ file: TemporaryFile) throws -> [UInt8] {
    struct Enough: Error {}
    var head: [UInt8] = []
    do {
      try file.read { part in
        head = part
        throw Enough()
      }
    } catch is Enough {}
    return head
  }

  static func sha1(_ file: TemporaryFile) throws -> [UInt8] {
    let digest = try SHA1()
    try file.read { part in try digest.update(part) }
    return try digest.finish()
  }
}
