import HTTP
public import Provider
public import Vocabulary

extension StripeProvider {
  /// Why the way to a refund ends early.
  private struct Ended: Error {
    let outcome: RefundOutcome
  }

  /// Refunds listed at once, the most that Stripe gives.
  static let pageRefundsMax = 100
  /// Longest value in metadata.
  private static let reasonLimit = TextLimit(500, .utf16Units)
  /// Pages of refunds looked through for one payment.
  static let refundPagesMax = 10

  /// `POST /v1/refunds`. Stripe forgets an idempotency key after a day or more; our number in the
  /// metadata lasts, so that it is looked for first.
  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    do throws(Ended) {
      let intent = try intent(of: refund.payment)
      if let known = try find(refund, ofIntent: intent) { return known }
      return try create(refund, ofIntent: intent)
    } catch {
      return error.outcome
    }
  }

  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    do throws(Ended) {
      if let id = refund.providerRefundID,
        let body = try bodyIfFound(get("/v1/refunds/\(PercentCoding.encode(id))"))
      {
        return outcome(StripeWire.decode(StripeWire.Refund.self, body), refund)
      }
      return try find(refund, ofIntent: intent(of: refund.payment)) ?? .notFound
    } catch {
      return error.outcome
    }
  }

  /// A refund is asked for by the intent, also for a payment by a Checkout Session.
  private func intent(of payment: PaymentReference) throws(Ended) -> String {
    guard let number = payment.providerTransactionID else {
      throw Ended(outcome: .unknown(Cause(.conflict, "the payment is not known there")))
    }
    guard StripeProvider.isSession(number) else { return number }
    let body = try bodyIfFound(get("/v1/checkout/sessions/\(PercentCoding.encode(number))"))
    let session = body.flatMap { StripeWire.decode(StripeWire.Session.self, $0) }
    guard let session, session.id == number, let intent = session.paymentIntent else {
      throw Ended(outcome: .unknown(Cause(.conflict, "the checkout session has no payment")))
    }
    return intent.id
  }

  /// The refund with our number, among those of its payment.
  private func find(
    _ refund: RefundRequest, ofIntent intent: String
  ) throws(Ended) -> RefundOutcome? {
    var query = [("payment_intent", intent), ("limit", String(StripeProvider.pageRefundsMax))]
    for _ in 1...StripeProvider.refundPagesMax {
      guard let body = try bodyIfFound(get("/v1/refunds", query)) else {
        throw Ended(outcome: .unknown(Cause(.conflict, "the payment is not known there")))
      }
      guard let page = StripeWire.decode(StripeWire.List<StripeWire.Refund>.self, body) else {
        throw Ended(outcome: .unknown(Cause(.unavailable, "the answer is not a list of refunds")))
      }
      let ours = page.data.first {
        $0.metadata?[StripeProvider.outRequestNoKey] == refund.outRequestNo
      }
      if let ours { return outcome(ours, refund) }
      guard page.hasMore == true, let last = page.data.last else { return nil }
      query = Array(query.prefix(2)) + [("starting_after", last.id)]
    }
    throw Ended(outcome: .unknown(Cause(.conflict, "the payment has too many refunds")))
  }

  private func create(
    _ refund: RefundRequest, ofIntent intent: String
  ) throws(Ended) -> RefundOutcome {
    var fields = [
      ("payment_intent", intent), ("amount", String(refund.amount.minorUnits)),
      ("metadata[\(StripeProvider.outTradeNoKey)]", refund.payment.outTradeNo),
      ("metadata[\(StripeProvider.outRequestNoKey)]", refund.outRequestNo),
      ("metadata[reason]", StripeProvider.reasonLimit.cut(refund.reason)),
    ]
    if refund.payment.providerTransactionID != intent {
      fields.append(("metadata[\(StripeProvider.checkoutKey)]", StripeWire.sessionMark))
    }
    let answer = post(
      "/v1/refunds", fields, idempotencyKey: "coinpay-refund-\(refund.outRequestNo)")
    if case .refused(let cause) = answer { return .refused(cause) }
    guard let body = try bodyIfFound(answer) else {
      return .unknown(Cause(.conflict, "Stripe does not know the payment intent"))
    }
    return outcome(StripeWire.decode(StripeWire.Refund.self, body), refund)
  }

  /// Nil when there is no such object.
  private func bodyIfFound(_ answer: Answer) throws(Ended) -> [UInt8]? {
    switch answer {
    case .success(let body): return body
    case .notFound: return nil
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      throw Ended(outcome: .unknown(cause))
    }
  }

  private func outcome(
    _ answer: StripeWire.Refund?, _ refund: RefundRequest
  ) -> RefundOutcome {
    guard let answer, answer.object == "refund",
      let status = StripeTranslation.refundStatus(answer.status)
    else { return .unknown(Cause(.unavailable, "the answer is not a refund")) }
    guard answer.amount == refund.amount.minorUnits,
      answer.currency.uppercased() == refund.amount.currency.code,
      answer.metadata?[StripeProvider.outRequestNoKey] == refund.outRequestNo
        || answer.id == refund.providerRefundID
    else {
      return .unknown(Cause(.conflict, "the answer is about another refund, amount or currency"))
    }
    let facts = RefundFacts(
      providerRefundID: answer.id,
      amount: ReportedAmount(minorUnits: answer.amount, currencyCode: answer.currency))
    switch status {
    case .succeeded: return .succeeded(facts)
    case .pending: return .pending(facts)
    case .failed: return .failed(StripeTranslation.failure(of: answer))
    }
  }
}
