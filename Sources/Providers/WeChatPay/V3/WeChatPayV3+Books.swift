import Crypto
import Files
import HTTP
import HTTPSClient
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  public var bookZone: TimeZoneOffset { .beijing }

  /// `/v3/bill/tradebill`, from 10:00 of the next day. The file itself is not signed: its SHA-1 stands
  /// in the signed answer.
  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    switch get("/v3/bill/tradebill?bill_date=\(day)&bill_type=ALL", now: now) {
    case .success(let body):
      guard
        let bill = JSON.decode(
          WeChatPayV3Wire.Bill.self, from: body, depthLevelsMax: WeChatPayV3.depthLevelsMax),
        bill.hashType == "SHA1"
      else { return .unknown(Cause(.unavailable, "the answer names no bill")) }
      return download(bill, now: now, receive)
    case .failed(_, "NO_STATEMENT_EXIST", _): return day.withoutBill(now: now)
    case .failed(_, "STATEMENT_CREATING", _): return .notReady
    case .failed(_, _, let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func download(
    _ bill: WeChatPayV3Wire.Bill, now: Timestamp,
    _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    guard let (base, target) = split(bill.downloadUrl) else {
      return .unknown(Cause(.unavailable, "the address of the bill cannot be used"))
    }
    do {
      let file = try TemporaryFile()
      let response = try client.download(
        try request(.get, base, target, body: [], now: now), into: file)
      guard response.status == 200 else {
        return .unknown(Cause(.unavailable, "HTTP \(response.status)"))
      }
      guard Hex.encode(try WeChatPayBillFile.sha1(file)) == bill.hashValue.lowercased() else {
        return .unknown(Cause(.unavailable, "the bill is not the one that was announced"))
      }
      return try WeChatPayBillFile.read(file, receive)
    } catch {
      return .unknown(Cause(.unavailable, "\(error)"))
    }
  }

  /// Scheme and host, and path with query.
  private func split(_ url: String) -> (base: String, target: String)? {
    guard let scheme = url.firstRange(of: "://"),
      let slash = url[scheme.upperBound...].firstIndex(of: "/")
    else { return nil }
    return (String(url[..<slash]), String(url[slash...]))
  }
}
