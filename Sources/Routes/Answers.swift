import FoundationEssentials
public import HTTP
import Orders
import Pages
import Payments
import Provider
import Vocabulary

/// `{"success":true,"data":…}`
struct Answer<Payload: Encodable>: Encodable {
  let success = true
  let data: Payload

  init(_ data: Payload) { self.data = data }
}

extension Response {
  public static func success(_ data: some Encodable) -> Response { .json(Answer(data)) }
}

/// `{"success":false,"error":{…},"request_id":…}`
struct ErrorAnswer: Encodable {
  struct Detail: Encodable {
    let code: String
    let message: String
    let availableMethods: [String]?

    enum CodingKeys: String, CodingKey {
      case code, message
      case availableMethods = "available_methods"
    }
  }

  let success = false
  let error: Detail
  let requestID: String

  enum CodingKeys: String, CodingKey {
    case success, error
    case requestID = "request_id"
  }

  init(_ error: RouteError, _ call: Call) {
    self.error = Detail(
      code: error.code.rawValue,
      message: error.message
        ?? error.code.message(call.language, retryAfterSeconds: error.retryAfterSeconds),
      availableMethods: error.availableMethods?.map(\.rawValue))
    requestID = call.request.requestID
  }
}

/// An order as its owner's programs see it.
struct OrderAnswer: Encodable {
  let orderNumber: String
  let status: String
  let amount: Decimal
  /// All coins that arrive, bonus included.
  let coins: Int64
  let bonusCoins: Int64
  let paymentMethod: String
  let currency: String
  let createdAt: String
  let paidAt: String?
  let expiresAt: String

  enum CodingKeys: String, CodingKey {
    case status, amount, coins, currency
    case orderNumber = "order_no"
    case bonusCoins = "bonus_coins"
    case paymentMethod = "payment_method"
    case createdAt = "created_at"
    case paidAt = "paid_at"
    case expiresAt = "expires_at"
  }

  /// - Parameter now: nil for the moment at which it is answered.
  init(_ order: CoinOrder, _ call: Call, at now: Timestamp? = nil) {
    let zone = call.site.zone
    orderNumber = order.number.text
    status = order.status(at: now ?? call.site.clock.now()).rawValue
    amount = order.amount.jsonNumber
    coins = order.totalCoins
    bonusCoins = order.bonusCoins
    paymentMethod = order.paymentMethod.rawValue
    currency = order.amount.currency.code
    createdAt = zone.rfc3339(order.createdAt)
    paidAt = order.paidAt.map(zone.rfc3339)
    expiresAt = zone.rfc3339(order.expiresAt)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(orderNumber, forKey: .orderNumber)
    try container.encode(status, forKey: .status)
    try container.encode(amount, forKey: .amount)
    try container.encode(coins, forKey: .coins)
    try container.encode(bonusCoins, forKey: .bonusCoins)
    try container.encode(paymentMethod, forKey: .paymentMethod)
    try container.encode(currency, forKey: .currency)
    try container.encode(createdAt, forKey: .createdAt)
    // Present and null while unpaid: readers need not ask whether the member exists.
    try container.encode(paidAt, forKey: .paidAt)
    try container.encode(expiresAt, forKey: .expiresAt)
  }
}

/// What a program needs in order to let its user pay.
struct CheckoutAnswer: Encodable {
  let orderID: Int64
  let orderNumber: String
  let paymentURL: String
  let amount: Decimal
  let coins: Int64
  let paymentMethod: String
  let currency: String
  let expiresAt: String
  var qrCode: String?
  var qrImage: String?
  var clientSecret: String?
  var publishableKey: String?
  var mockPaymentID: String?

  enum CodingKeys: String, CodingKey {
    case amount, coins, currency
    case orderID = "order_id"
    case orderNumber = "order_no"
    case paymentURL = "payment_url"
    case paymentMethod = "payment_method"
    case expiresAt = "expires_at"
    case qrCode = "qr_code"
    case qrImage = "qr_image"
    case clientSecret = "client_secret"
    case publishableKey = "publishable_key"
    case mockPaymentID = "mock_payment_id"
  }

  init(_ checkout: OrderCheckout, _ call: Call) {
    let order = checkout.order
    let payPage = "\(call.site.facts.baseURL)/coin/pay/\(order.number)"
    orderID = order.id.value
    orderNumber = order.number.text
    amount = order.amount.jsonNumber
    coins = order.totalCoins
    paymentMethod = checkout.payment.facts.provider.rawValue
    currency = order.amount.currency.code
    expiresAt = call.site.zone.rfc3339(order.expiresAt)
    switch checkout.presentation {
    case .redirect(let url): paymentURL = url
    case .qrCode(let text):
      paymentURL = payPage
      qrCode = text
      qrImage = "/api/coin/order/\(order.number)/qr.svg"
    case .paymentElement(let secret, let key):
      paymentURL = payPage
      clientSecret = secret.reveal()
      publishableKey = key
    case .mock(let id):
      paymentURL = payPage
      mockPaymentID = id
    case nil: paymentURL = payPage
    }
  }
}
