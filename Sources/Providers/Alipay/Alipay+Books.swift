import Files
import HTTP
import HTTPSClient
public import Provider
public import Vocabulary

extension AlipayProvider {
  public var bookZone: TimeZoneOffset { .beijing }

  private struct Bill: Encodable {
    let billType = "trade"
    let billDate: String

    enum CodingKeys: String, CodingKey {
      case billType = "bill_type"
      case billDate = "bill_date"
    }
  }

  /// Downloads the bill of a day (from about 10:00 of the next one) into a file and reads it line by
  /// line. Its address is valid for 30 seconds.
  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    let call = AlipayCall(
      method: AlipayMethod.billAddress, content: Bill(billDate: day.description))
    switch ask(call, now: now) {
    case .success(let node):
      guard
        let address = JSON.decode(
          AlipayWire.BillAddress.self, from: node, depthLevelsMax: AlipayAnswer.depthLevelsMax)
      else { return .unknown(Cause(.unavailable, "the answer names no address")) }
      return download(address.billDownloadUrl, receive)
    case .failed("isp.bill_not_exist", _), .failed("BILL_NOT_EXIST", _):
      return day.withoutBill(now: now)
    case .rejected(let cause) where cause.detail == "isp.bill_not_exist":
      return day.withoutBill(now: now)
    case .rejected(let cause) where cause.detail == "isv.invalid-arguments": return .notReady
    case .rejected(let cause) where cause.detail == "isv.invalid_arguments": return .notReady
    case .failed(_, let cause), .rejected(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func download(
    _ url: String, _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    do {
      let file = try TemporaryFile()
      let response = try client.download(
        ClientRequest(method: .get, url: url, headers: []), into: file)
      guard response.status == 200 else {
        return .unknown(Cause(.unavailable, "HTTP \(response.status)"))
      }
      return try read(try ZIPArchive(file), receive)
    } catch {
      return .unknown(Cause(.unavailable, "\(error)"))
    }
  }

  private func read(
    _ archive: ZIPArchive, _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) throws -> BooksOutcome {
    let index = archive.names.firstIndex { name in
      let text = String(validating: name, as: UTF8.self) ?? Charset.gbk.decode(name) ?? ""
      return text.contains("业务明细") && !text.contains("汇总")
    }
    guard let index else { return .unknown(Cause(.unavailable, "the archive has no 业务明细")) }
    var bill = AlipayBill()
    var lines = BillLines()
    try archive.readLines(of: index) { bytes in
      try lines.take({ () throws(BillProblem) in try bill.read(bytes) }, receive)
    }
    try lines.finish(receive)
    guard bill.hasHeader else { return .unknown(Cause(.unavailable, "the bill has no header")) }
    return lines.outcome
  }
}
