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
  func `a line that cannot be read ends the reading`(line: String) {
    #expect(throws: (any Error).self) { try Self.read([line]) }
  }
}
