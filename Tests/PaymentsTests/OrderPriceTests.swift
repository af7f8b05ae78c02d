import Database
import Kit
import Orders
import Testing
import Vocabulary

@testable import Payments

/// The price of an order is the price that it was made with.
@Suite struct OrderPriceTests {
  @Test func `an edited package changes no order that was made before`() throws {
    let shop = try ShopFixture()
    let number = try shop.buy(.wechat).order.number
    try shop.edit(prices: [("9.90", "CNY"), ("0.60", "USD")])
    let other = try ShopFixture.ready(try shop.payAgain(number, .stripe))
    #expect(other.order.amount.description == "1.49 USD")
    #expect(other.payment.facts.amount.description == "1.49 USD")
    try shop.edit(prices: [("0.10", "CNY"), ("0.60", "USD")])
    let back = try ShopFixture.ready(try shop.payAgain(number, .wechat))
    #expect(back.payment.facts.amount.description == "9.90 CNY")
    #expect(try shop.buy(.wechat).order.amount.description == "0.10 CNY")
  }

  @Test func `a currency that came to the package later is no price of an earlier order`() throws {
    let shop = try ShopFixture()
    try shop.edit(prices: [("9.90", "CNY")])
    let number = try shop.buy(.wechat).order.number
    try shop.edit(prices: [("9.90", "CNY"), ("0.60", "USD")])
    guard case .notPricedForMethod = try shop.payAgain(number, .stripe) else {
      Issue.record("the order was priced anew")
      return
    }
  }

  @Test func `a price that left the package stays with the order`() throws {
    let shop = try ShopFixture()
    let number = try shop.buy(.wechat).order.number
    try shop.edit(prices: [("9.90", "CNY")])
    let other = try ShopFixture.ready(try shop.payAgain(number, .stripe))
    #expect(other.order.amount.description == "1.49 USD")
  }
}
