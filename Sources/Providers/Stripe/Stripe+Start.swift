import HTTPSClient
public import Provider
import Vocabulary

extension StripeProvider {
  /// Creates a PaymentIntent or a Checkout Session. The idempotency key is our number of the payment,
  /// so that a repetition after a crash gives the same one.
  public func start(_ payment: PaymentRequest) -> StartOutcome {
    let answer =
      switch configuration.checkout {
      case .elements:
        post("/v1/payment_intents", intentFields(payment), idempotencyKey: key(payment))
      case .session:
        post("/v1/checkout/sessions", sessionFields(payment), idempotencyKey: key(payment))
      }
    switch answer {
    case .success(let body):
      return configuration.checkout == .session
        ? startedSession(body, payment) : startedIntent(body, payment)
    case .refused(let cause): return .refused(cause)
    case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
    case .forbidden(let cause), .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func key(_ payment: PaymentRequest) -> String { "coinpay-create-\(payment.outTradeNo)" }

  /// What the buyer and we recognise the payment by at Stripe.
  func description(_ payment: PaymentRequest) -> String {
    "\(payment.subject) \(payment.orderNumber)"
  }

  private func intentFields(_ payment: PaymentRequest) -> [(name: String, value: String)] {
    [
      ("amount", String(payment.amount.minorUnits)),
      ("currency", payment.amount.currency.code.lowercased()),
      ("automatic_payment_methods[enabled]", "true"),
      ("description", description(payment)),
      ("metadata[\(StripeProvider.orderNumberKey)]", payment.orderNumber.text),
      ("metadata[\(StripeProvider.outTradeNoKey)]", payment.outTradeNo),
    ]
  }

  private func startedIntent(_ body: [UInt8], _ payment: PaymentRequest) -> StartOutcome {
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
