import Orders
public import Provider
public import Vocabulary

/// Who wants to pay, and what their browser is like.
public struct Buyer: Sendable {
  public let userID: UserID
  /// Whether the subject shown at the provider is Chinese, else English.
  public let prefersChinese: Bool
  public let payer: PayerContext

  public init(userID: UserID, prefersChinese: Bool, payer: PayerContext) {
    self.userID = userID
    self.prefersChinese = prefersChinese
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
      subject: buyer.prefersChinese ? package.nameChinese : package.nameEnglish,
      payer: buyer.payer, baseURL: baseURL, now: clock.now())
  }
}
