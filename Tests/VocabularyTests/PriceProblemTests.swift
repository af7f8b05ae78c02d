import Testing
import Vocabulary

/// Amounts that providers refuse are no prices.
@Suite struct PriceProblemTests {
  private static func problem(_ text: String, _ code: String) throws -> PriceProblem? {
    let currency = try #require(Currency(code))
    return try #require(Money(decimal: text, currency: currency)).priceProblem
  }

  @Test(arguments: [
    ("0.50", "USD"), ("9.90", "CNY"), ("0.01", "CNY"), ("50", "JPY"), ("1000", "UGX"),
    ("1000.00", "UGX"), ("5.00", "ISK"), ("1.230", "KWD"), ("1.23", "BHD"), ("0.30", "GBP"),
    ("1", "XAF"), ("1", "XOF"), ("175.00", "HUF"), ("999999.99", "USD"), ("99999999", "JPY"),
    ("99999.990", "KWD"), ("1000000.00", "CNY"), ("100000000.00", "CNY"),
  ])
  func `what is charged is a price`(text: String, code: String) throws {
    #expect(try Self.problem(text, code) == nil)
  }

  @Test(arguments: [
    ("0.20", "USD"), ("0.49", "USD"), ("0", "CNY"), ("49", "JPY"), ("1000.50", "UGX"),
    ("5.01", "ISK"), ("1.234", "KWD"), ("1.001", "BHD"), ("9.90", "XXX"), ("1.00", "XAU"),
    ("1.00", "XTS"), ("1.00", "ZZZ"), ("0.29", "GBP"), ("174.99", "HUF"),
    ("1000000.00", "USD"), ("100000000", "JPY"), ("100000.000", "KWD"),
  ])
  func `what is refused is none`(text: String, code: String) throws {
    #expect(try Self.problem(text, code) != nil)
  }

  @Test func `each refusal names its reason`() throws {
    let currency = try #require(Currency("UGX"))
    #expect(try Self.problem("10.50", "UGX") == .notWhole(currency))
    #expect(try Self.problem("0.20", "USD")?.description == "the minimum is 0.50 USD")
    #expect(
      try Self.problem("1000000.00", "USD")?.description
        == "the maximum is 999999.99 USD")
    #expect(try Self.problem("1.00", "XXX")?.description == "providers do not charge in XXX")
  }
}
