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

  /// Where an object is written: in an event, or alone in an answer.
  struct Text {
    let body: [UInt8]
    let isEvent: Bool

    func object<Object: Decodable>(_ type: Object.Type) -> Object? {
      isEvent
        ? StripeWire.decode(StripeWire.Event<Object>.self, body)?.data.object
        : StripeWire.decode(type, body)
    }
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

  private static func objectType(ofEvent type: some StringProtocol) -> String? {
    events.first { $0.value.contains { $0 == type } }?.key
  }

  /// Reads the object of an event by the event's type.
  static func read(_ head: StripeWire.EventHead, _ body: [UInt8]) -> Reading {
    guard let type = objectType(ofEvent: head.type) else { return .irrelevant }
    return read(
      type, Text(body: body, isEvent: true), isLive: head.livemode,
      hasFailedLater: head.type == asyncPaymentFailed)
  }

  /// Reads an object that Stripe was asked for.
  static func read(_ object: ChangedObject, _ body: [UInt8], isLive: Bool) -> Reading {
    read(
      object.type, Text(body: body, isEvent: false), isLive: isLive, hasFailedLater: false)
  }

  private static func read(
    _ type: String, _ text: Text, isLive: Bool?, hasFailedLater: Bool
  ) -> Reading {
    switch type {
    case "payment_intent": return ofIntent(text)
    case "checkout.session": return ofSession(text, hasFailedLater: hasFailedLater)
    case "charge": return ofCharge(text)
    case "refund": return ofRefund(text, isLive: isLive)
    case "dispute": return ofDispute(text)
    default: return .irrelevant
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

  private static func ofIntent(_ text: Text) -> Reading {
    guard let intent = text.object(StripeWire.PaymentIntent.self),
      intent.object == "payment_intent"
    else { return .malformed }
    // What happens to the intent of a session is told by the session, which is what we know.
    guard intent.metadata?[StripeProvider.checkoutKey] != StripeWire.sessionMark else {
      return .irrelevant
    }
    return .news(
      StripeNews(
        subject: .intent(intent), isLive: intent.livemode, state: intent.status,
        kinds: [("", StripeTranslation.kind(of: intent))]))
  }

  private static func ofSession(_ text: Text, hasFailedLater: Bool) -> Reading {
    guard let session = text.object(StripeWire.Session.self),
      session.object == "checkout.session"
    else { return .malformed }
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
  private static func ofCharge(_ text: Text) -> Reading {
    guard let charge = text.object(StripeWire.Charge.self), charge.object == "charge" else {
      return .malformed
    }
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

  private static func ofRefund(_ text: Text, isLive: Bool?) -> Reading {
    guard let refund = text.object(StripeWire.Refund.self), refund.object == "refund", let isLive
    else { return .malformed }
    guard let intent = refund.paymentIntent else { return .irrelevant }
    guard let news = StripeTranslation.news(of: refund) else {
      return question("refund", refund.id)
    }
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: refund.metadata), isLive: isLive,
        doubt: text.isEvent && news.status == .succeeded ? .refund(id: refund.id) : .none,
        state: refund.status ?? "", kinds: [("", .refund(news))]))
  }

  private static func ofDispute(_ text: Text) -> Reading {
    guard let dispute = text.object(StripeWire.Dispute.self), dispute.object == "dispute" else {
      return .malformed
    }
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
