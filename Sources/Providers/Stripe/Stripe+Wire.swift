import HTTP

/// Stripe's own words, as far as they are read. Source: docs.stripe.com/api.
enum StripeWire {
  /// Levels of nesting in an answer or event; real ones have about ten.
  static let depthLevelsMax = 64

  struct PaymentIntent: Decodable {
    let id: String
    let object: String
    let status: String
    let amount: Int64
    let amountReceived: Int64?
    let currency: String
    let livemode: Bool
    let clientSecret: String?
    let lastPaymentError: Failure?
    let metadata: [String: String]?

    enum CodingKeys: String, CodingKey {
      case id, object, status, amount, currency, livemode, metadata
      case amountReceived = "amount_received"
      case clientSecret = "client_secret"
      case lastPaymentError = "last_payment_error"
    }
  }

  struct Failure: Decodable {
    let type: String?
    let code: String?
    let declineCode: String?
    let paymentIntent: PaymentIntentID?

    struct PaymentIntentID: Decodable {
      let id: String
    }

    enum CodingKeys: String, CodingKey {
      case type, code
      case declineCode = "decline_code"
      case paymentIntent = "payment_intent"
    }

  }

  struct ErrorAnswer: Decodable {
    let error: Failure
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    JSON.decode(type, from: bytes, depthLevelsMax: depthLevelsMax)
  }
}
