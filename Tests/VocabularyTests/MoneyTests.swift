import Testing
import Vocabulary

@Suite struct MoneyTests {
  @Test(arguments: [
    ("9.9", 990), ("9.90", 990), ("0.01", 1), ("10", 1_000), ("0", 0), ("00.10", 10),
    ("100000000.00", 10_000_000_000), ("0.29", 29), ("1.15", 115), ("4.35", 435),
  ])
  func `a decimal becomes minor units without rounding`(text: String, minorUnits: Int64) {
    #expect(Money(decimal: text, currency: .cny)?.minorUnits == minorUnits)
  }

  @Test(arguments: [
    "", ".", "9.", ".9", "9.901", "9.900", "-1", "+1", "1e2", " 1", "1 ", "1,00", "１", "0x10",
    "NaN",
    "inf", "1.2.3", "100000000.01", "99999999999999999999", "9\u{0}", "九",
  ])
  func `anything else is refused`(text: String) {
    #expect(Money(decimal: text, currency: .cny) == nil)
  }

  @Test func `every amount up to 200 yuan survives the way to text and back`() throws {
    for minorUnits in Int64(0)...20_000 {
      let money = try #require(Money(minorUnits: minorUnits, currency: .cny))
      #expect(Money(decimal: money.decimal, currency: .cny) == money)
    }
  }

  @Test func `currencies have the digits that providers charge with`() throws {
    let yen = try #require(Currency("jpy"))
    let dinar = try #require(Currency("KWD"))
    let shilling = try #require(Currency("UGX"))
    #expect(Money(decimal: "500", currency: yen)?.minorUnits == 500)
    #expect(Money(decimal: "500.0", currency: yen) == nil)
    #expect(Money(decimal: "1.234", currency: dinar)?.minorUnits == 1_234)
    #expect(Money(decimal: "5", currency: shilling)?.minorUnits == 500)
    #expect(Money(minorUnits: 500, currency: yen)?.decimal == "500")
    #expect(Money(minorUnits: 5, currency: dinar)?.decimal == "0.005")
  }

  @Test func `amounts stay within their bounds`() {
    #expect(Money(minorUnits: Limits.amountMinorUnitsMax, currency: .cny) != nil)
    #expect(Money(minorUnits: Limits.amountMinorUnitsMax + 1, currency: .cny) == nil)
    #expect(Money(minorUnits: -1, currency: .cny) == nil)
  }

  @Test(arguments: ["", "CN", "CNYY", "C1Y", "人民币", "cn\u{0}"])
  func `a currency is three letters`(text: String) {
    #expect(Currency(text) == nil)
  }
}
