import HTTP
import HTTPSClient
public import Provider
public import Vocabulary

extension StripeProvider {
  /// Creates a PaymentIntent or a Checkout Session. The idempotency key is our number of the payment,
  /// so that a repetition after a crash gives the same one.
  public func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    let call = payment.request.call
    switch post(call, body: payment.request.content, idempotencyKey: key(payment)) {
    case .success(let body):
      return call == StripeProvider.sessionsPath
        ? startedSession(StripeWire.decode(StripeWire.Session.self, body), payment)
        : startedIntent(StripeWire.decode(StripeWire.PaymentIntent.self, body), payment)
    case .refused(let cause): return lookUp(payment, refused: cause)
    case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
    case .forbidden(let cause), .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private static let intentsPath = "/v1/payment_intents"
  static let sessionsPath = "/v1/checkout/sessions"

  public func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    let (path, fields) =
      switch configuration.checkout {
      case .elements: (StripeProvider.intentsPath, intentFields(payment))
      case .session: (StripeProvider.sessionsPath, sessionFields(payment))
      }
    return StartRequest(
      call: path, returnURL: payment.returnURL,
      content: Array(PercentCoding.encodeForm(fields).utf8))
  }

  private func key(_ payment: PaymentStart) -> String { "coinpay-create-\(payment.outTradeNo)" }

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

  func startedIntent(
    _ intent: StripeWire.PaymentIntent?, _ payment: PaymentStart
  ) -> StartOutcome {
    guard let intent, intent.object == "payment_intent", let clientSecret = intent.clientSecret
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
