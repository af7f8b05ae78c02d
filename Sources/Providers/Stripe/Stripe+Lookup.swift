import HTTP
import Provider
import Vocabulary

extension StripeProvider {
  /// Disputes asked for at once: each may hold 100 kB of evidence.
  private static let pageDisputesMax = 10
  /// Pages of disputes of one payment that are read.
  private static let disputePagesMax = 10

  /// The payment of ours that a PaymentIntent belongs to.
  enum OwnerOutcome {
    case payment(number: String, outTradeNo: String?)
    case unknown(Cause)
  }

  /// Refunds, disputes and charges name only their intent, while a payment by a Checkout Session is
  /// known by the session. Unless the metadata says whose it is, Stripe is asked for that of the intent:
  /// by it also a payment is ours whose beginning we never heard of.
  func owner(ofIntent id: String, _ metadata: [String: String]?) -> OwnerOutcome {
    guard metadata?[StripeProvider.outTradeNoKey] == nil else {
      return owner(ofIntent: id, saying: metadata)
    }
    switch get("/v1/payment_intents/\(PercentCoding.encode(id))") {
    case .success(let body):
      guard let intent = StripeWire.decode(StripeWire.PaymentIntent.self, body), intent.id == id
      else { return .unknown(Cause(.unavailable, "the answer is not this payment intent")) }
      return owner(ofIntent: id, saying: intent.metadata ?? metadata)
    case .notFound: return owner(ofIntent: id, saying: metadata)
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func owner(ofIntent id: String, saying metadata: [String: String]?) -> OwnerOutcome {
    let outTradeNo = metadata?[StripeProvider.outTradeNoKey]
    let mark = metadata?[StripeProvider.checkoutKey]
    if outTradeNo != nil, mark != StripeWire.sessionMark {
      return .payment(number: id, outTradeNo: outTradeNo)
    }
    switch get("/v1/checkout/sessions", [("payment_intent", id), ("limit", "1")]) {
    case .success(let body):
      guard let list = StripeWire.decode(StripeWire.List<StripeWire.SessionName>.self, body) else {
        return .unknown(Cause(.unavailable, "the answer is not a list of checkout sessions"))
      }
      guard let session = list.data.first else {
        return .payment(number: id, outTradeNo: outTradeNo)
      }
      return .payment(number: session.id, outTradeNo: session.clientReferenceID ?? outTradeNo)
    case .notFound: return .payment(number: id, outTradeNo: outTradeNo)
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  /// What Stripe says when it is asked what became of a payment's money.
  enum NewsOutcome {
    /// Stripe knows nothing newer.
    case asTheyWere
    /// News of refunds or disputes, and the question about one in a state that nobody knows.
    case now([ProviderEvent.Kind])
    case unknown(Cause)
  }

  /// The refunds that an event leaves in doubt, as they are now.
  func refundNews(_ doubt: StripeNews.Doubt) -> NewsOutcome {
    switch doubt {
    case .none: return .asTheyWere
    case .refund(let id):
      switch get("/v1/refunds/\(PercentCoding.encode(id))") {
      case .success(let body):
        guard let refund = StripeWire.decode(StripeWire.Refund.self, body) else {
          return .unknown(Cause(.unavailable, "the answer is not a refund"))
        }
        return .now(refundKinds([refund]))
      case .notFound: return .asTheyWere
      case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
        return .unknown(cause)
      }
    case .refunds(let intent):
      let list = all(
        StripeWire.Refund.self, at: "/v1/refunds", ofIntent: intent,
        StripeProvider.pageRefundsMax, pagesMax: StripeProvider.refundPagesMax, id: \.id)
      switch list {
      case .all(let refunds): return .now(refundKinds(refunds))
      case .notFound: return .asTheyWere
      case .notAllowed(let cause), .unknown(let cause): return .unknown(cause)
      }
    }
  }

  private func refundKinds(_ refunds: [StripeWire.Refund]) -> [ProviderEvent.Kind] {
    refunds.compactMap { refund in
      StripeTranslation.news(of: refund).map { .refund($0) }
        ?? ChangedObject(type: "refund", id: refund.id).map { .changed($0) }
    }
  }

  private enum ListOutcome<Item> {
    case all([Item])
    case notFound
    /// Our key may not read them, or Stripe refused the question.
    case notAllowed(Cause)
    case unknown(Cause)
  }

  /// Every object of one sort about an intent, a page at a time: what is left out would count as not being there.
  private func all<Item: Decodable>(
    _ type: Item.Type, at path: String, ofIntent intent: String, _ pageItemsMax: Int,
    pagesMax: Int, id: (Item) -> String
  ) -> ListOutcome<Item> {
    let first = [("payment_intent", intent), ("limit", String(pageItemsMax))]
    var items: [Item] = []
    for _ in 1...pagesMax {
      let next = items.last.map { [("starting_after", id($0))] } ?? []
      switch get(path, first + next) {
      case .success(let body):
        guard let page = StripeWire.decode(StripeWire.List<Item>.self, body) else {
          return .unknown(Cause(.unavailable, "the answer is not a list of \(path)"))
        }
        items += page.data
        guard page.hasMore == true, !page.data.isEmpty else { return .all(items) }
      case .notFound: return .notFound
      case .refused(let cause), .forbidden(let cause): return .notAllowed(cause)
      case .notSent(let cause), .unknown(let cause): return .unknown(cause)
      }
    }
    return .unknown(Cause(.conflict, "there are too many of \(path)"))
  }

  /// A payment that succeeded may have been given back since: with its refunds as they are now.
  func withRefunds(
    _ event: ProviderEvent, ofIntent intent: String, _ now: Timestamp
  ) -> QueryOutcome {
    guard case .succeeded = event.kind else { return .event(event) }
    let refunds: [ProviderEvent.Kind]
    switch refundNews(.refunds(ofIntent: intent)) {
    case .unknown(let cause): return .unknown(cause)
    case .asTheyWere: refunds = []
    case .now(let kinds): refunds = kinds.filter { !$0.isFailedRefund }
    }
    let disputes: [ProviderEvent.Kind]
    switch disputeNews(ofIntent: intent) {
    case .unknown(let cause): return .unknown(cause)
    case .asTheyWere: disputes = []
    case .now(let kinds): disputes = kinds
    }
    return .event(
      event, refunds: (refunds + disputes).compactMap { event.saying($0)?.named(queryKey($0)) })
  }

  /// The disputes about an intent as they are now, whatever was missed of them. A key that may not read disputes tells
  /// nothing of them.
  private func disputeNews(ofIntent intent: String) -> NewsOutcome {
    let list = all(
      StripeWire.Dispute.self, at: "/v1/disputes", ofIntent: intent,
      StripeProvider.pageDisputesMax, pagesMax: StripeProvider.disputePagesMax, id: \.id)
    switch list {
    case .all(let disputes): return .now(disputes.compactMap(disputeKind))
    case .notFound, .notAllowed: return .asTheyWere
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func disputeKind(_ dispute: StripeWire.Dispute) -> ProviderEvent.Kind? {
    StripeTranslation.news(of: dispute).map { .dispute($0) }
      ?? ChangedObject(type: "dispute", id: dispute.id).map { .changed($0) }
  }

  private func queryKey(_ kind: ProviderEvent.Kind) -> String {
    switch kind {
    case .refund(let news): "refund:\(news.providerRefundID ?? ""):\(news.status.rawValue)"
    // A dispute may change its amount and stay in its state.
    case .dispute(let news):
      "dispute:\(news.disputeID):\(news.status.rawValue):\(news.amount.minorUnits)"
    case .changed(let object): "\(object.type):\(object.id):unclear"
    default: "refund:"
    }
  }
}
