import Orders
public import Provider
public import Vocabulary

/// Who wants to pay, and what their browser is like.
public struct Buyer: Sendable {
  public let userID: UserID
  /// The tag of the language in which the provider is told what is bought.
  public let language: String
  public let payer: PayerContext

  public init(userID: UserID, language: String, payer: PayerContext) {
    self.userID = userID
    self.language = language
    self.payer = payer
  }
}

/// What a provider is told beside the payment itself.
struct StartDetails {
  let subject: String
  let payer: PayerContext
  let baseURL: String
  let now: Timestamp

  /// - Parameter createdAt: of the payment.
  func request(
    _ outTradeNo: String, _ amount: Money, of order: CoinOrder, createdAt: Timestamp
  ) -> PaymentRequest {
    PaymentRequest(
      outTradeNo: outTradeNo, orderNumber: order.number, amount: amount, subject: subject,
      createdAt: createdAt, expiresAt: order.expiresAt, now: now, payer: payer,
      returnURL: "\(baseURL)/payment/success?order_no=\(order.number)")
  }
}

extension Checkout {
  func details(_ package: CoinPackage, _ buyer: Buyer) -> StartDetails {
    StartDetails(
      subject: package.name.text(in: buyer.language),
      payer: buyer.payer, baseURL: baseURL, now: clock.now())
  }
}
