import HTTP
import Vocabulary

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

  /// An event's envelope; its object is read in a second step, by its type.
  struct EventHead: Decodable {
    let id: String
    let object: String
    let type: String
    let created: Int64?
    let livemode: Bool?
    let account: String?
  }

  /// An event without an object: it names what changed. Source: docs.stripe.com/event-destinations.
  struct ThinEvent: Decodable {
    struct RelatedObject: Decodable {
      let id: String
      let type: String
    }

    /// What `object` is of such an event.
    static let mark = "v2.core.event"

    let id: String
    let object: String
    let type: String
    let livemode: Bool?
    /// RFC 3339, other than in events with an object.
    let created: String?
    /// The account that the object is in, where it is not ours.
    let context: String?
    let relatedObject: RelatedObject?

    enum CodingKeys: String, CodingKey {
      case id, object, type, livemode, created, context
      case relatedObject = "related_object"
    }

    /// Fractions of a second are left out.
    var createdAt: Timestamp? {
      guard let created, let point = created.firstIndex(of: ".") else {
        return created.flatMap { Timestamp(rfc3339: $0) }
      }
      let zone = created[point...].dropFirst().drop { $0.isASCII && $0.isNumber }
      return Timestamp(rfc3339: String(created[..<point]) + zone)
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decode(String.self, forKey: .id)
      object = try container.decode(String.self, forKey: .object)
      type = try container.decode(String.self, forKey: .type)
      livemode = try? container.decode(Bool.self, forKey: .livemode)
      created = try? container.decode(String.self, forKey: .created)
      context = try? container.decode(String.self, forKey: .context)
      relatedObject = try? container.decode(RelatedObject.self, forKey: .relatedObject)
    }
  }

  struct Event<Object: Decodable>: Decodable {
    struct Payload: Decodable {
      let object: Object
    }

    let data: Payload
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
    JSON.decode(type, from: bytes, depthLevelsMax: depthLevelsMax)
  }
}
