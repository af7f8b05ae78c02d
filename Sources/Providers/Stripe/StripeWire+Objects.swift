/// The objects that Stripe says money with. Source: docs.stripe.com/api.
extension StripeWire {
  /// The value of `StripeProvider.checkoutKey` for Checkout Sessions.
  static let sessionMark = "session"

  /// Another object by its number alone, or the whole object where we asked for it.
  struct Reference: Decodable {
    let id: String

    private struct Whole: Decodable { let id: String }

    init(from decoder: any Decoder) throws {
      if let whole = try? Whole(from: decoder) {
        id = whole.id
      } else {
        id = try decoder.singleValueContainer().decode(String.self)
      }
    }
  }

  struct List<Element: Decodable>: Decodable {
    let data: [Element]
    let hasMore: Bool?

    enum CodingKeys: String, CodingKey {
      case data
      case hasMore = "has_more"
    }
  }

  struct Session: Decodable {
    let id: String
    let object: String
    let mode: String?
    let status: String?
    let paymentStatus: String?
    let amountTotal: Int64?
    let currency: String?
    let livemode: Bool
    let clientReferenceID: String?
    let url: String?
    let paymentIntent: SessionIntent?

    enum CodingKeys: String, CodingKey {
      case id, object, mode, status, currency, livemode, url
      case paymentStatus = "payment_status"
      case amountTotal = "amount_total"
      case clientReferenceID = "client_reference_id"
      case paymentIntent = "payment_intent"
    }
  }

  /// As much of a session as names a payment.
  struct SessionName: Decodable {
    let id: String
    let clientReferenceID: String?

    enum CodingKeys: String, CodingKey {
      case id
      case clientReferenceID = "client_reference_id"
    }
  }

  /// The intent of a session; its state is known where we asked for it.
  struct SessionIntent: Decodable {
    let id: String
    let status: String?
    let lastPaymentError: Failure?

    private struct Whole: Decodable {
      let id: String
      let status: String
      let lastPaymentError: Failure?

      enum CodingKeys: String, CodingKey {
        case id, status
        case lastPaymentError = "last_payment_error"
      }
    }

    init(from decoder: any Decoder) throws {
      let whole = try? Whole(from: decoder)
      id = try whole?.id ?? decoder.singleValueContainer().decode(String.self)
      status = whole?.status
      lastPaymentError = whole?.lastPaymentError
    }
  }

  struct Charge: Decodable {
    let id: String
    let object: String
    let status: String
    let captured: Bool
    let amount: Int64
    let amountCaptured: Int64?
    let amountRefunded: Int64
    let currency: String
    let livemode: Bool
    let paymentIntent: Reference?
    let metadata: [String: String]?

    enum CodingKeys: String, CodingKey {
      case id, object, status, captured, amount, currency, livemode, metadata
      case amountCaptured = "amount_captured"
      case amountRefunded = "amount_refunded"
      case paymentIntent = "payment_intent"
    }
  }

  /// A refund does not say whether it is live: its event does.
  struct Refund: Decodable {
    let id: String
    let object: String
    let amount: Int64
    let currency: String
    let status: String?
    let failureReason: String?
    let paymentIntent: Reference?
    let metadata: [String: String]?

    enum CodingKeys: String, CodingKey {
      case id, object, amount, currency, status, metadata
      case failureReason = "failure_reason"
      case paymentIntent = "payment_intent"
    }
  }

  struct Dispute: Decodable {
    struct EvidenceDetails: Decodable {
      let dueBy: Int64?

      enum CodingKeys: String, CodingKey { case dueBy = "due_by" }
    }

    let id: String
    let object: String
    let amount: Int64
    let currency: String
    let status: String
    let reason: String
    let livemode: Bool
    let paymentIntent: Reference?
    let evidenceDetails: EvidenceDetails?

    enum CodingKeys: String, CodingKey {
      case id, object, amount, currency, status, reason, livemode
      case paymentIntent = "payment_intent"
      case evidenceDetails = "evidence_details"
    }
  }
}
