import Files
import Provider
import Testing
import Vocabulary

@testable import Alipay

@Suite struct BillTests {
  static let header =
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,退款批次号/请求号,备注"

  static func read(_ lines: [String]) throws -> [BookLine] {
    var bill = AlipayBill()
    var result: [BookLine] = []
    for line in [header] + lines {
      let bytes = try #require(Charset.gbk.encode(line))
      if let line = try bill.read(bytes) { result.append(line) }
    }
    return result
  }

  @Test func `payments and refunds are read, comments are not`() throws {
    let lines = try Self.read([
      "#支付宝业务明细查询",
      "2026\t,COIN_1\t,交易,包,2026-01-02 00:00:00,2026-01-02 03:04:05,9.90,\t,",
      "2026\t,COIN_1\t,退款,包,2026-01-02 00:00:00,2026-01-02 04:04:05,-3.00,COIN_1_R1\t,",
      "#合计",
    ])
    #expect(lines.map(\.kind) == [.payment, .refund])
    #expect(lines.map(\.amount.minorUnits) == [990, 300])
    #expect(lines.map(\.outRequestNo) == [nil, "COIN_1_R1"])
    #expect(lines.first?.outTradeNo == "COIN_1")
    #expect(lines.first?.occurredAt.description == "2026-01-01T19:04:05Z")
  }

  @Test func `a comma in the name of the goods moves no amount`() throws {
    let lines = try Self.read([
      "2026,COIN_1,交易,大,中,小包,2026-01-02 00:00:00,2026-01-02 03:04:05,9.90,,"
    ])
    #expect(lines.map(\.amount.minorUnits) == [990])
  }

  @Test(arguments: [
    "2026,COIN_1,交易,包,2026-01-02 00:00:00,2026-01-02 03:04:05,9.901,,",
    "2026,COIN_1,交易,包,2026-01-02 00:00:00,yesterday,9.90,,", "2026,COIN_1,交易",
  ])
  func `a line that cannot be read is told apart from another file`(line: String) {
    #expect(throws: BillProblem.line) { try Self.read([line]) }
    var bill = AlipayBill()
    #expect(throws: BillProblem.otherFile) { try bill.read(Array(line.utf8)) }
  }

  /// The cells of a payment, with bytes in place of one of them.
  private static func line(_ place: Int, _ bytes: [UInt8]) throws -> BookLine? {
    var bill = AlipayBill()
    _ = try bill.read(try #require(Charset.gbk.encode(header)))
    var cells = try "2026,COIN_1,交易,包,2026-01-02 00:00:00,2026-01-02 03:04:05,9.90,,备注"
      .split(separator: ",", omittingEmptySubsequences: false)
      .map { try #require(Charset.gbk.encode(String($0))) }
    cells[place] = bytes
    return try bill.read(Array(cells.joined(separator: [UInt8(ascii: ",")])))
  }

  private static let oddBytes: [[UInt8]] = [
    [0x80], [0xFF], [0xBD], [0xBD, 0xF0, 0xB1], [0xB1, 0xD2, 0x80, 0x41], [0x81, 0x30, 0x81],
    [0xE9, 0x87, 0xFF],
  ]

  @Test(arguments: oddBytes)
  func `bytes of no character in cells that nobody uses change nothing`(bytes: [UInt8]) throws {
    for place in [3, 4, 7, 8] {
      let line = try #require(try Self.line(place, bytes))
      #expect(line.amount.minorUnits == 990 && line.outTradeNo == "COIN_1")
    }
  }

  @Test(arguments: oddBytes)
  func `bytes of no character in cells that are used make the line unreadable`(bytes: [UInt8]) {
    for place in [0, 1, 2, 5, 6] {
      #expect(throws: BillProblem.line) { try Self.line(place, bytes) }
    }
  }
}
