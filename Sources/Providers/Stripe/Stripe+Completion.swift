import Provider
import Vocabulary

extension StripeProvider {
  /// Adds what only Stripe can tell: whose payment it is, and how its refunds are now.
  func outcome(of read: StripeNews, _ telling: StripeNews.Telling) -> NotificationOutcome {
    var news = read
    if telling.isLate { addRefunds(to: &news) }
    switch refundNews(read.doubt) {
    case .asTheyWere: break
    case .now(let kinds):
      if case .refund = read.doubt { news.kinds = [] }
      news.kinds += kinds.map { (read.doubt.keySuffix($0), $0) }
    case .unknown(let cause): return .unverifiable(cause)
    }
    switch owner(of: news.subject) {
    case .payment(let number, let outTradeNo):
      return news.events(telling, number: number, outTradeNo: outTradeNo).map { .events($0) }
        ?? .refused(.malformed)
    case .unknown(let cause): return .unverifiable(cause)
    }
  }

  /// News of a payment that comes late may have been overtaken by refunds. The payment is settled also
  /// when Stripe cannot be asked: then news of the refunds follows.
  private func addRefunds(to news: inout StripeNews) {
    let intent: String? =
      switch news.subject {
      case .intent(let intent): intent.id
      case .session(let session): session.paymentIntent?.id
      case .consequence: nil
      }
    guard let intent, news.kinds.contains(where: { $0.kind.isSuccess }),
      case .now(let kinds) = refundNews(.refunds(ofIntent: intent))
    else { return }
    let doubt = StripeNews.Doubt.refunds(ofIntent: intent)
    news.kinds += kinds.filter { !$0.isFailedRefund }.map { (doubt.keySuffix($0), $0) }
  }

  private func owner(of subject: StripeNews.Subject) -> OwnerOutcome {
    switch subject {
    case .intent(let intent):
      .payment(
        number: intent.id, outTradeNo: intent.metadata?[StripeProvider.outTradeNoKey])
    case .session(let session):
      .payment(number: session.id, outTradeNo: session.clientReferenceID)
    case .consequence(let intent, let metadata): owner(ofIntent: intent, metadata)
    }
  }
}

extension ProviderEvent.Kind {
  fileprivate var isSuccess: Bool {
    if case .succeeded = self { true } else { false }
  }

  var isFailedRefund: Bool {
    if case .refund(let news) = self { news.status == .failed } else { false }
  }
}
