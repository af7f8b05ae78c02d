import Files
import HTTPSClient
public import Provider
public import Vocabulary
import XML

extension WeChatPayV2 {
  public var bookZone: TimeZoneOffset { .beijing }

  /// `/pay/downloadbill`, from 10:00 of the next day.
  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    do {
      let file = try TemporaryFile()
      let request = try request(
        "/pay/downloadbill", [("bill_date", day.compact), ("bill_type", "ALL")])
      let response = try client.download(request, into: file)
      guard response.status == 200 else {
        return .unknown(Cause(.unavailable, "HTTP \(response.status)"))
      }
      let head = try WeChatPayBillFile.head(file)
      if head.starts(with: "<xml".utf8) { return refusal(head, of: day, now: now) }
      return try WeChatPayBillFile.read(file, receive)
    } catch {
      return .unknown(Cause(.unavailable, "\(error)"))
    }
  }

  private func refusal(_ bytes: [UInt8], of day: BookDay, now: Timestamp) -> BooksOutcome {
    guard let document = try? FlatDocument(bytes) else {
      return .unknown(Cause(.unavailable, "the answer is not of WeChat Pay's form"))
    }
    let message = document["return_msg"] ?? document["err_code_des"] ?? ""
    switch message {
    case "No Bill Exist": return day.withoutBill(now: now)
    case "Bill Creating": return .notReady
    default: return .unknown(Cause(.conflict, message))
    }
  }
}
