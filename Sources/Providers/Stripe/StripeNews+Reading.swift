import Provider
import Vocabulary

extension StripeNews {
  enum Reading {
    case news(StripeNews)
    /// What this says nobody knows here: Stripe is asked until the answer is clear.
    case question(ChangedObject)
    /// Genuine, but no payment of ours can be meant.
    case irrelevant
    case malformed

    /// What the object itself says of its mode.
    var isLive: Bool? { if case .news(let news) = self { news.isLive } else { nil } }
  }

  private static let asyncPaymentFailed = "checkout.session.async_payment_failed"

  /// The events that are about payments, by the type of their object.
  private static let events = [
    "payment_intent": [
      "payment_intent.succeeded", "payment_intent.processing", "payment_intent.requires_action",
      "payment_intent.payment_failed", "payment_intent.canceled",
    ],
    "checkout.session": [
      "checkout.session.completed", "checkout.session.async_payment_succeeded",
      asyncPaymentFailed, "checkout.session.expired",
    ],
    "charge": ["charge.refunded"],
    "refund": ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"],
    "dispute": [
      "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
      "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
    ],
  ]

  /// The type of the object that such an event is about; nil when it is about no payment.
  static func objectType(ofEvent type: some StringProtocol) -> String? {
    events.first { $0.value.contains { $0 == type } }?.key
  }

  /// Reads the object of an event, which has to be of the event's type.
  static func read(_ head: StripeWire.EventHead, _ object: StripeWire.Object) -> Reading {
    guard objectType(ofEvent: head.type) == object.type else { return .malformed }
    return read(
      object, isLive: head.livemode, isEvent: true, hasFailedLater: head.type == asyncPaymentFailed)
  }

  /// Reads an object that Stripe was asked for.
  static func read(_ asked: ChangedObject, _ body: [UInt8], isLive: Bool) -> Reading {
    guard let object = StripeWire.decode(StripeWire.Object.self, body), object.type == asked.type
    else { return .malformed }
    return read(object, isLive: isLive, isEvent: false, hasFailedLater: false)
  }

  private static func read(
    _ object: StripeWire.Object, isLive: Bool?, isEvent: Bool, hasFailedLater: Bool
  ) -> Reading {
    switch object {
    case .intent(let intent): ofIntent(intent)
    case .session(let session): ofSession(session, hasFailedLater: hasFailedLater)
    case .charge(let charge): ofCharge(charge)
    case .refund(let refund): ofRefund(refund, isLive: isLive, isEvent: isEvent)
    case .dispute(let dispute): ofDispute(dispute)
    }
  }

  /// Thin events about objects of API v1 have the names of the others behind this.
  static let thinPrefix = "v1."

  /// What a thin event names, which carries no object; nil when it is about no payment.
  static func changed(_ thin: StripeWire.ThinEvent) -> ChangedObject? {
    guard thin.type.hasPrefix(thinPrefix), let related = thin.relatedObject,
      objectType(ofEvent: thin.type.dropFirst(thinPrefix.count)) == related.type
    else { return nil }
    return ChangedObject(type: related.type, id: related.id)
  }

  private static func ofIntent(_ intent: StripeWire.PaymentIntent) -> Reading {
    // What happens to the intent of a session is told by the session, which is what we know.
    guard intent.metadata?[StripeProvider.checkoutKey] != StripeWire.sessionMark else {
      return .irrelevant
    }
    return .news(
      StripeNews(
        subject: .intent(intent), isLive: intent.livemode, state: intent.status,
        kinds: [("", StripeTranslation.kind(of: intent))]))
  }

  private static func ofSession(_ session: StripeWire.Session, hasFailedLater: Bool) -> Reading {
    guard session.mode == "payment" else { return .irrelevant }
    var kind = StripeTranslation.kind(of: session)
    if hasFailedLater, kind == .pending { kind = .failed(StripeTranslation.asyncFailure) }
    let state = [session.status, session.paymentStatus].compactMap { $0 }.joined(separator: ":")
    return .news(
      StripeNews(
        subject: .session(session), isLive: session.livemode, state: state, kinds: [("", kind)]))
  }

  /// A refunded charge was paid before, whether or not that was heard of. An authorization that was
  /// released before it was captured moved no money.
  private static func ofCharge(_ charge: StripeWire.Charge) -> Reading {
    guard let intent = charge.paymentIntent, charge.captured else { return .irrelevant }
    switch charge.status {
    case "succeeded": break
    case "failed": return .irrelevant
    default: return question("charge", charge.id)
    }
    let paid = ReportedAmount(
      minorUnits: charge.amountCaptured ?? charge.amount, currencyCode: charge.currency)
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: charge.metadata),
        isLive: charge.livemode, doubt: .refunds(ofIntent: intent.id),
        state: String(charge.amountRefunded), kinds: [(":paid", .succeeded(paid))]))
  }

  private static func ofRefund(
    _ refund: StripeWire.Refund, isLive: Bool?, isEvent: Bool
  ) -> Reading {
    guard let isLive else { return .malformed }
    guard let intent = refund.paymentIntent else { return .irrelevant }
    guard let news = StripeTranslation.news(of: refund) else {
      return question("refund", refund.id)
    }
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: refund.metadata), isLive: isLive,
        doubt: isEvent && news.status == .succeeded ? .refund(id: refund.id) : .none,
        state: refund.status ?? "", kinds: [("", .refund(news))]))
  }

  private static func ofDispute(_ dispute: StripeWire.Dispute) -> Reading {
    guard let intent = dispute.paymentIntent else { return .irrelevant }
    guard let news = StripeTranslation.news(of: dispute) else {
      return question("dispute", dispute.id)
    }
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: nil), isLive: dispute.livemode,
        state: dispute.status, kinds: [("", .dispute(news))]))
  }

  private static func question(_ type: String, _ id: String) -> Reading {
    ChangedObject(type: type, id: id).map { .question($0) } ?? .malformed
  }
}
