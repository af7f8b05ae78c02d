import Provider
import Vocabulary

/// What an event says about one payment, before it is known by which number we keep that payment.
struct StripeNews {
  /// Whose payment it is, in Stripe's words.
  enum Subject {
    /// The intent itself, which is a payment of ours unless it belongs to a Checkout Session.
    case intent(StripeWire.PaymentIntent)
    case session(StripeWire.Session)
    /// Something that followed from an intent.
    case consequence(intent: String, metadata: [String: String]?)
  }

  enum Reading {
    case news(StripeNews)
    /// Genuine, but no payment of ours can be meant.
    case irrelevant
    case malformed
  }

  /// Events come in any order. Where an old one would do harm, Stripe is asked how things are now.
  enum Doubt {
    case none
    /// A refund that succeeded may have failed since.
    case refund(id: String)
    /// A charge tells the sum of its refunds only.
    case refunds(ofIntent: String)

    /// The end of the key of an event about one of the refunds.
    func keySuffix(_ news: RefundNews) -> String {
      switch self {
      case .none, .refund: ""
      case .refunds: ":" + (news.providerRefundID ?? "")
      }
    }
  }

  /// From this age on of an event, the payment may have been given back before it was heard of, in
  /// seconds.
  static let lateSeconds: Int64 = 60

  let subject: Subject
  let isLive: Bool
  var doubt = Doubt.none
  /// In the order in which to settle them, each with the end of its event key.
  var kinds: [(keySuffix: String, kind: ProviderEvent.Kind)]

  /// Reads the object of an event by the event's type.
  static func read(_ head: StripeWire.EventHead, _ body: [UInt8]) -> Reading {
    switch head.type {
    case "payment_intent.succeeded", "payment_intent.processing",
      "payment_intent.requires_action", "payment_intent.payment_failed",
      "payment_intent.canceled":
      return ofIntent(body)
    case "checkout.session.completed", "checkout.session.async_payment_succeeded",
      "checkout.session.async_payment_failed", "checkout.session.expired":
      return ofSession(body, type: head.type)
    case "charge.refunded": return ofCharge(body)
    case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated":
      return ofRefund(body, isLive: head.livemode)
    case "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
      "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated":
      return ofDispute(body)
    default: return .irrelevant
    }
  }

  func events(
    _ eventID: String, number: String, outTradeNo: String?, account: ProviderAccount,
    occurredAt: Timestamp
  ) throws(NotificationRefusal) -> [ProviderEvent] {
    let ours = outTradeNo.flatMap { StripeNews.isPlausible($0) ? $0 : nil }
    var events: [ProviderEvent] = []
    for (suffix, kind) in kinds {
      let event = ProviderEvent(
        provider: .stripe, eventKey: eventID + suffix, source: .notification, kind: kind,
        outTradeNo: ours, providerTransactionID: number, account: account,
        occurredAt: occurredAt)
      guard let event else { throw .malformed }
      events.append(event)
    }
    return events
  }

  /// Other software of the same Stripe account may keep other texts in the same place.
  private static func isPlausible(_ outTradeNo: String) -> Bool {
    (1...ProviderEvent.outTradeNoCharactersMax).contains(outTradeNo.utf8.count)
      && outTradeNo.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func object<Object: Decodable>(_ type: Object.Type, _ body: [UInt8]) -> Object? {
    StripeWire.decode(StripeWire.Event<Object>.self, body)?.data.object
  }

  private static func ofIntent(_ body: [UInt8]) -> Reading {
    guard let intent = object(StripeWire.PaymentIntent.self, body),
      intent.object == "payment_intent"
    else { return .malformed }
    // What happens to the intent of a session is told by the session, which is what we know.
    guard intent.metadata?[StripeProvider.checkoutKey] != StripeWire.sessionMark else {
      return .irrelevant
    }
    return .news(
      StripeNews(
        subject: .intent(intent), isLive: intent.livemode,
        kinds: [("", StripeTranslation.kind(of: intent))]))
  }

  private static func ofSession(_ body: [UInt8], type: String) -> Reading {
    guard let session = object(StripeWire.Session.self, body),
      session.object == "checkout.session"
    else { return .malformed }
    guard session.mode == "payment" else { return .irrelevant }
    var kind = StripeTranslation.kind(of: session)
    if type == "checkout.session.async_payment_failed", kind == .pending {
      kind = .failed(StripeTranslation.asyncFailure)
    }
    return .news(
      StripeNews(subject: .session(session), isLive: session.livemode, kinds: [("", kind)]))
  }

  /// A refunded charge was paid before, whether or not that was heard of.
  private static func ofCharge(_ body: [UInt8]) -> Reading {
    guard let charge = object(StripeWire.Charge.self, body), charge.object == "charge" else {
      return .malformed
    }
    guard let intent = charge.paymentIntent else { return .irrelevant }
    guard charge.status == "succeeded", charge.captured else { return .malformed }
    let paid = ReportedAmount(
      minorUnits: charge.amountCaptured ?? charge.amount, currencyCode: charge.currency)
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: charge.metadata),
        isLive: charge.livemode, doubt: .refunds(ofIntent: intent.id),
        kinds: [(":paid", .succeeded(paid))]))
  }

  private static func ofRefund(_ body: [UInt8], isLive: Bool?) -> Reading {
    guard let refund = object(StripeWire.Refund.self, body), refund.object == "refund",
      let isLive, let news = StripeTranslation.news(of: refund)
    else { return .malformed }
    guard let intent = refund.paymentIntent else { return .irrelevant }
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: refund.metadata), isLive: isLive,
        doubt: news.status == .succeeded ? .refund(id: refund.id) : .none,
        kinds: [("", .refund(news))]))
  }

  private static func ofDispute(_ body: [UInt8]) -> Reading {
    guard let dispute = object(StripeWire.Dispute.self, body), dispute.object == "dispute",
      let status = StripeTranslation.disputeStatus(dispute.status)
    else { return .malformed }
    guard let intent = dispute.paymentIntent else { return .irrelevant }
    let news = DisputeNews(
      status: status, disputeID: dispute.id,
      amount: ReportedAmount(minorUnits: dispute.amount, currencyCode: dispute.currency),
      respondBy: dispute.evidenceDetails?.dueBy.flatMap { Timestamp(reportedUnixSeconds: $0) },
      reason: StripeTranslation.disputeReason(dispute.reason))
    return .news(
      StripeNews(
        subject: .consequence(intent: intent.id, metadata: nil), isLive: dispute.livemode,
        kinds: [("", .dispute(news))]))
  }
}
