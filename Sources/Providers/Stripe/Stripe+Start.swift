import HTTPSClient
public import Provider
import Vocabulary

extension StripeProvider {
  /// Creates a PaymentIntent. The idempotency key is our number of the payment, so that a repetition
  /// after a crash gives the same intent.
  public func start(_ payment: PaymentRequest) -> StartOutcome {
    let answer = post(
      "/v1/payment_intents", fields(payment), idempotencyKey: "coinpay-create-\(payment.outTradeNo)"
    )
    switch answer {
    case .success(let body): return started(body, payment)
    case .refused(let cause): return .refused(cause)
    case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
    case .forbidden(let cause), .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func fields(_ payment: PaymentRequest) -> [(name: String, value: String)] {
    [
      ("amount", String(payment.amount.minorUnits)),
      ("currency", payment.amount.currency.code.lowercased()),
      ("automatic_payment_methods[enabled]", "true"),
      ("description", "\(payment.subject) \(payment.orderNumber)"),
      ("metadata[\(StripeProvider.orderNumberKey)]", payment.orderNumber.text),
      ("metadata[\(StripeProvider.outTradeNoKey)]", payment.outTradeNo),
    ]
  }

  private func started(_ body: [UInt8], _ payment: PaymentRequest) -> StartOutcome {
    guard let intent = StripeWire.decode(StripeWire.PaymentIntent.self, body),
      intent.object == "payment_intent", let clientSecret = intent.clientSecret
    else { return .unknown(Cause(.unavailable, "the answer is not a payment intent")) }
    guard intent.amount == payment.amount.minorUnits,
      intent.currency.uppercased() == payment.amount.currency.code,
      intent.livemode == configuration.isLive
    else {
      return .unknown(Cause(.conflict, "the answer is about another amount, currency or mode"))
    }
    return .started(
      StartedPayment(
        providerTransactionID: intent.id,
        presentation: .paymentElement(
          clientSecret: Secret(clientSecret), publishableKey: configuration.publishableKey)))
  }
}
