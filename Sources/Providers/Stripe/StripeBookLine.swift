import Provider
import Vocabulary

/// A line of Stripe's books: `type` says what moved the money, `source` is what it moved for.
///
/// Source: docs.stripe.com/reports/balance-transaction-types.
struct StripeBookLine: Decodable {
  /// The amounts of the line itself are in the currency of our bank account; those of the source are
  /// in the currency that the buyer paid.
  struct Source: Decodable {
    let id: String
    let object: String
    let amount: Int64
    let currency: String
    let status: String?
    let paymentIntent: StripeWire.Reference?
    let metadata: [String: String]?

    enum CodingKeys: String, CodingKey {
      case id, object, amount, currency, status, metadata
      case paymentIntent = "payment_intent"
    }
  }

  let id: String
  let type: String
  /// Below zero for money that left us.
  let amount: Int64
  let created: Int64
  /// Nil for what is neither a charge nor a refund nor a dispute.
  let source: Source?

  enum CodingKeys: String, CodingKey { case id, type, amount, created, source }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    type = try container.decode(String.self, forKey: .type)
    amount = try container.decode(Int64.self, forKey: .amount)
    created = try container.decode(Int64.self, forKey: .created)
    source = try? container.decode(Source.self, forKey: .source)
  }

  private static let kinds: [String: (kind: BookLine.Kind, status: BookLine.Status)] = [
    "charge": (.payment, .succeeded), "payment": (.payment, .succeeded),
    // A bank took back a payment that had counted as succeeded.
    "payment_failure_refund": (.payment, .failed), "payment_reversal": (.payment, .failed),
    "refund": (.refund, .succeeded), "payment_refund": (.refund, .succeeded),
    "refund_failure": (.refund, .failed),
  ]

  /// What the line means to us; nil for payouts, fees and whatever else is no matter of one payment.
  var meaning: (kind: BookLine.Kind, status: BookLine.Status)? {
    if type == "adjustment" {
      guard source?.object == "dispute" else { return nil }
      // A dispute that was won gives back what it had taken.
      return (.dispute, amount < 0 ? .succeeded : .failed)
    }
    guard let (kind, status) = StripeBookLine.kinds[type] else { return nil }
    guard status == .succeeded else { return (kind, status) }
    switch source?.status {
    case "pending", "requires_action": return (kind, .pending)
    // A later line brings the money back: it was no success.
    case "failed" where kind == .refund, "canceled" where kind == .refund: return (kind, .failed)
    // A state that nobody knows is no success.
    case .some("succeeded"), nil: return (kind, .succeeded)
    default: return (kind, kind == .refund ? .pending : .succeeded)
    }
  }
}
