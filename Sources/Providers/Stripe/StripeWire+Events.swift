import Vocabulary

/// What Stripe sends. Source: docs.stripe.com/webhooks.
extension StripeWire {
  /// A notification, decoded in one pass: what it is about is decoded only where it may be a payment.
  enum Notice: Decodable {
    case event(EventHead, Object)
    case thin(ThinEvent)
    case other(kind: String)

    private enum CodingKeys: String, CodingKey { case object, data }
    private enum DataKeys: String, CodingKey { case object }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      if try container.decode(String.self, forKey: .object) == ThinEvent.mark {
        self = .thin(try ThinEvent(from: decoder))
        return
      }
      let head = try EventHead(from: decoder)
      guard head.object == EventHead.mark, StripeNews.objectType(ofEvent: head.type) != nil else {
        self = .other(kind: head.type)
        return
      }
      let data = try container.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
      self = .event(head, try data.decode(Object.self, forKey: .object))
    }
  }

  /// An object that tells of money, by the name that it gives itself.
  enum Object: Decodable {
    case intent(PaymentIntent)
    case session(Session)
    case charge(Charge)
    case refund(Refund)
    case dispute(Dispute)

    private enum CodingKeys: String, CodingKey { case object }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      switch try container.decode(String.self, forKey: .object) {
      case "payment_intent": self = .intent(try PaymentIntent(from: decoder))
      case "checkout.session": self = .session(try Session(from: decoder))
      case "charge": self = .charge(try Charge(from: decoder))
      case "refund": self = .refund(try Refund(from: decoder))
      case "dispute": self = .dispute(try Dispute(from: decoder))
      case let name:
        throw DecodingError.dataCorruptedError(
          forKey: .object, in: container, debugDescription: "no object that is read: \(name)")
      }
    }

    /// As it names itself.
    var type: String {
      switch self {
      case .intent(let intent): intent.object
      case .session(let session): session.object
      case .charge(let charge): charge.object
      case .refund(let refund): refund.object
      case .dispute(let dispute): dispute.object
      }
    }
  }

  /// An event's envelope.
  struct EventHead: Decodable {
    /// What `object` is of such an event.
    static let mark = "event"

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
}
