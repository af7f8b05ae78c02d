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

  /// Events come in any order. Where an old one would do harm, Stripe is asked how things are now.
  enum Doubt {
    case none
    /// A refund that succeeded may have failed since.
    case refund(id: String)
    /// A charge tells the sum of its refunds only.
    case refunds(ofIntent: String)

    /// The end of the key of an event about one of the refunds.
    func keySuffix(_ kind: ProviderEvent.Kind) -> String {
      switch (self, kind) {
      case (.refunds, .refund(let news)): ":" + (news.providerRefundID ?? "")
      case (_, .changed(let object)): ":\(object.id):unclear"
      default: ""
      }
    }
  }

  /// From this age on of an event, the payment may have been given back before it was heard of, in
  /// seconds.
  static let lateSeconds: Int64 = 60

  let subject: Subject
  let isLive: Bool
  var doubt = Doubt.none
  /// What Stripe calls the state that this is news of, for telling apart answers to the same question.
  let state: String
  /// In the order in which to settle them, each with the end of its event key.
  var kinds: [(keySuffix: String, kind: ProviderEvent.Kind)]

  /// How we came to know the news.
  struct Telling {
    /// With which the keys of its events begin.
    let key: String
    let account: ProviderAccount
    let occurredAt: Timestamp
    /// Whether the payment may have been given back before this was heard.
    let isLate: Bool
  }

  /// Nil when a number in them cannot be kept.
  func events(_ telling: Telling, number: String, outTradeNo: String?) -> [ProviderEvent]? {
    let ours = outTradeNo.flatMap { StripeNews.isPlausible($0) ? $0 : nil }
    var events: [ProviderEvent] = []
    for (suffix, kind) in kinds {
      let event = ProviderEvent(
        provider: .stripe, eventKey: telling.key + suffix, source: .notification, kind: kind,
        outTradeNo: ours, providerTransactionID: number,
        account: ProviderAccount(merchant: telling.account.merchant, isLive: isLive),
        occurredAt: telling.occurredAt)
      guard let event else { return nil }
      events.append(event)
    }
    return events
  }

  /// Other software of the same Stripe account may keep other texts in the same place. What begins like a number of ours
  /// is one, however it goes on.
  private static func isPlausible(_ outTradeNo: String) -> Bool {
    OrderNumber.begins(outTradeNo) || ProviderEvent.canName(payment: outTradeNo)
  }
}
