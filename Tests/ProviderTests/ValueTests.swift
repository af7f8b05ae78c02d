import Provider
import Testing
import Vocabulary

@Suite struct ValueTests {
  @Test(arguments: Cause.Kind.allCases)
  func `a cause survives being stored`(kind: Cause.Kind) {
    for detail in ["", "ACQ.TRADE_HAS_CLOSE", "a: b: c"] {
      let cause = Cause(kind, detail)
      #expect(Cause(stored: cause.description) == cause)
    }
  }

  @Test func `a cause is short and printable`() {
    let cause = Cause(.other, "金\n" + String(repeating: "x", count: 500))
    #expect(cause.detail.hasPrefix("??x"))
    #expect(cause.description.utf8.count <= 255)
    #expect(Cause(stored: "what is this").kind == .other)
  }

  @Test(arguments: [
    (150, "usd", "1.50 USD"), (-5, "CNY", "-0.05 CNY"), (100, "JPY", "100 JPY"),
    (150, "?", "150 ? (minor units)"),
  ])
  func `a reported amount is told with its decimals, if it has any`(
    minorUnits: Int64, code: String, text: String
  ) {
    #expect(ReportedAmount(minorUnits: minorUnits, currencyCode: code).text == text)
  }

  @Test(arguments: ["2026-01-01", "2024-02-29", "2026-12-31"])
  func `a day is read and written`(text: String) throws {
    let day = try #require(BookDay(text))
    #expect(day.description == text)
    #expect(day.start(in: .beijing).beijing == "\(text) 00:00:00")
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "", "2026-01-01 ",
    "٢٠٢٦-01-01",
    "2026-01-32", "-026-01-01",
  ])
  func `what is no day is refused`(text: String) { #expect(BookDay(text) == nil) }

  @Test(arguments: [
    ("https://shop.example/api/payment/webhook/alipay", true), ("http://shop.example/x", false),
    ("https://shop.example/x?a=1", false), ("https://localhost/x", false),
    ("https://10.0.0.1/x", false), ("https://192.168.1.1/x", false),
    ("https://172.20.0.1/x", false),
    ("https://8.8.8.8/x", true), ("https://shop/x", false), ("https://shop.local/x", false),
    ("https://[::1]/x", false), ("https://", false),
  ])
  func `a notify address has to be public https without a query`(url: String, isSound: Bool) {
    #expect((NotifyAddress.problem(url) == nil) == isSound)
  }

  @Test func `a clock that is off is told`() {
    let now = Timestamp(unixSeconds: 784_111_777)
    let header = "Sun, 06 Nov 1994 08:49:37 GMT"
    #expect(ClockCheck.finding(dateHeader: header, now: now).level == .ok)
    #expect(ClockCheck.finding(dateHeader: header, now: now.adding(seconds: 61)).level == .failure)
    #expect(ClockCheck.finding(dateHeader: nil, now: now).level == .warning)
  }

  /// Days to go, and the seconds by which the end differs from them.
  @Test(arguments: [
    (365, 0, CheckFinding.Level.ok), (30, 0, .ok), (30, -1, .warning), (1, 0, .warning),
    (0, 1, .warning), (0, 0, .failure), (0, -1, .failure), (-400, 0, .failure),
  ])
  func `a certificate is told of a month before its end`(
    days: Int64, seconds: Int64, level: CheckFinding.Level
  ) {
    let now = Timestamp(unixSeconds: 1_800_000_000)
    let finding = CertificateExpiry.finding(
      "certificate", validUntilUnixSeconds: now.unixSeconds + days * 86_400 + seconds, now: now)
    #expect(finding.level == level && finding.subject == "certificate")
    #expect(finding.text.hasPrefix(level == .failure ? "expired on 20" : "valid until 20"))
  }
}
