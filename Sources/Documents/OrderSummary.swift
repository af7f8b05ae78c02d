import FoundationEssentials
public import Orders
public import Vocabulary

/// An order in one line, as operators' JSON has it. Its times, like those of every document, are RFC 3339 in the
/// site's time zone.
public struct OrderSummary: Encodable {
  let orderNo: String
  let status: String
  let username: String
  let amount: Decimal
  let currency: String
  let coins: Int64
  let bonusCoins: Int64
  let paymentMethod: String
  let createdAt: String
  let paidAt: String?
  let expiresAt: String

  enum CodingKeys: String, CodingKey {
    case status, username, amount, currency, coins
    case orderNo = "order_no"
    case bonusCoins = "bonus_coins"
    case paymentMethod = "payment_method"
    case createdAt = "created_at"
    case paidAt = "paid_at"
    case expiresAt = "expires_at"
  }

  public init(_ order: CoinOrder, username: String, now: Timestamp, _ zone: TimeZoneOffset) {
    orderNo = order.number.text
    status = order.status(at: now).rawValue
    self.username = username
    amount = order.amount.jsonNumber
    currency = order.amount.currency.code
    coins = order.coins
    bonusCoins = order.bonusCoins
    paymentMethod = order.paymentMethod.rawValue
    createdAt = zone.rfc3339(order.createdAt)
    paidAt = order.paidAt.map(zone.rfc3339)
    expiresAt = zone.rfc3339(order.expiresAt)
  }
}
