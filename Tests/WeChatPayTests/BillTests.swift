import Provider
import Testing
import Vocabulary

@testable import WeChatPay

@Suite struct BillTests {
  static let header =
    "\u{FEFF}交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,微信退款单号,"
    + "商户退款单号,退款金额,退款状态,商品名称,订单金额,申请退款金额"

  static func row(
    state: String = "SUCCESS", goods: String = "包", amount: String = "9.90",
    refund: String = "0.00",
    refundNo: String = ""
  ) -> String {
    [
      "2026-01-02 03:04:05", "wx1", "1900000001", "42000", "COIN_1", state, "CNY", "8.90",
      refundNo.isEmpty ? "" : "50000", refundNo, refund, refundNo.isEmpty ? "" : "SUCCESS", goods,
      amount, refund,
    ].map { "`" + $0 }.joined(separator: ",")
  }

  static func read(_ rows: [String]) throws -> (lines: [BookLine], isComplete: Bool) {
    var bill = WeChatPayBill()
    var lines: [BookLine] = []
    for row in [header] + rows {
      if let line = try bill.read(Array(row.utf8)) { lines.append(line) }
    }
    return (lines, bill.isComplete)
  }

  static let totals = ["总交易单数,应结订单总金额", "`1,`9.90"]

  @Test func `the whole amount of the order counts, not what coupons left of it`() throws {
    let (lines, isComplete) = try Self.read(
      [Self.row(), Self.row(state: "REFUND", refund: "3.00", refundNo: "COIN_1_R1")] + Self.totals)
    #expect(isComplete)
    #expect(lines.map(\.kind) == [.payment, .refund])
    #expect(lines.map(\.amount.minorUnits) == [990, 300])
    #expect(lines.map(\.outRequestNo) == [nil, "COIN_1_R1"])
    #expect(lines.first?.occurredAt.description == "2026-01-01T19:04:05Z")
  }

  @Test func `a comma in the name of the goods moves no amount`() throws {
    #expect(try Self.read([Self.row(goods: "大,中,小")]).lines.map(\.amount.minorUnits) == [990])
  }

  @Test(arguments: ["\u{301}包", "\u{200D}", "\u{FE0F}包,\u{301}", "👨‍👩‍👧‍👦"])
  func `a mark at the beginning of a name moves no amount`(goods: String) throws {
    #expect(try Self.read([Self.row(goods: goods)]).lines.map(\.amount.minorUnits) == [990])
  }

  @Test func `a bill without its totals is not whole`() throws {
    #expect(try !Self.read([Self.row()]).isComplete)
  }

  @Test(arguments: [row(amount: "9.901"), row(amount: "1e2"), "`a,`b", "no back-ticks"])
  func `a line that cannot be read is told apart from another file`(line: String) {
    #expect(throws: BillProblem.line) { try Self.read([line]) }
    var bill = WeChatPayBill()
    #expect(throws: BillProblem.otherFile) { try bill.read(Array(line.utf8)) }
  }

  /// A row with bytes in place of one of its cells.
  private static func line(_ text: String, _ bytes: [UInt8], row: String = row()) throws
    -> BookLine?
  {
    var bill = WeChatPayBill()
    _ = try bill.read(Array(header.utf8))
    let parts = row.split(separator: text, maxSplits: 1, omittingEmptySubsequences: false)
    return try bill.read(parts.map { Array($0.utf8) }.joined(separator: bytes).map { $0 })
  }

  private static let oddBytes: [[UInt8]] = [
    [0x80], [0xFF], [0xE9, 0x87], [0xBD, 0xF0], [0xED, 0xA0, 0x80], [0xC0, 0x80],
  ]

  @Test(arguments: oddBytes)
  func `bytes of no character in cells that nobody uses change nothing`(bytes: [UInt8]) throws {
    for text in ["包", "wx1", "1900000001"] {
      #expect(try Self.line(text, bytes)?.amount.minorUnits == 990)
    }
  }

  @Test(arguments: oddBytes)
  func `bytes of no character in cells that are used make the line unreadable`(bytes: [UInt8]) {
    for text in ["2026-01-02 03:04:05", "42000", "COIN_1", "SUCCESS", "CNY", "9.90"] {
      #expect(throws: BillProblem.line) { try Self.line(text, bytes) }
    }
  }
}
