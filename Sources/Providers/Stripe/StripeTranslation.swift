import Provider
import Vocabulary

/// From Stripe's words to ours.
enum StripeTranslation {
  /// What a PaymentIntent's status means. Only `succeeded` is success, and only `canceled` is an end.
  /// A succeeded intent that does not name the amount received has received its whole amount: a part
  /// is always named.
  static func kind(of intent: StripeWire.PaymentIntent) -> ProviderEvent.Kind {
    switch intent.status {
    case "succeeded":
      .succeeded(
        ReportedAmount(
          minorUnits: intent.amountReceived ?? intent.amount, currencyCode: intent.currency))
    case "canceled": .closed(Cause(.cancelled, "canceled"))
    case "requires_payment_method":
      intent.lastPaymentError.map { .attemptFailed($0.cause) } ?? .pending
    default: .pending
    }
  }

  /// What the state of a Checkout Session means: a complete one may still be unpaid for days, and
  /// then fail for good.
  static func kind(of session: StripeWire.Session) -> ProviderEvent.Kind {
    if session.paymentStatus == "paid", let amount = session.amountTotal {
      let currency = session.currency ?? ""
      return .succeeded(ReportedAmount(minorUnits: amount, currencyCode: currency))
    }
    switch (session.status, session.paymentIntent?.status) {
    case ("expired", _): return .closed(Cause(.expired, "expired"))
    case ("complete", "requires_payment_method"), ("complete", "canceled"):
      return .failed(session.paymentIntent?.lastPaymentError?.cause ?? asyncFailure)
    default: return .pending
    }
  }

  /// The bank said no after the buyer had left Stripe's page.
  static let asyncFailure = Cause(.declined, "async_payment_failed")

  /// Nil for a status that nobody knows. A refund without a status is of a kind that is done at once.
  static func refundStatus(_ status: String?) -> RefundNews.Status? {
    switch status {
    case "succeeded", nil: .succeeded
    case "pending", "requires_action": .pending
    case "failed", "canceled": .failed
    default: nil
    }
  }

  /// Nil for a refund whose state nobody knows.
  static func news(of refund: StripeWire.Refund) -> RefundNews? {
    refundStatus(refund.status).map { status in
      RefundNews(
        status: status, outRequestNo: refund.metadata?[StripeProvider.outRequestNoKey],
        providerRefundID: refund.id,
        amount: .ofRefund(
          ReportedAmount(minorUnits: refund.amount, currencyCode: refund.currency)),
        cause: status == .failed ? failure(of: refund) : nil)
    }
  }

  /// Why a refund failed. Source: docs.stripe.com/refunds, "Failed refunds".
  static func failure(of refund: StripeWire.Refund) -> Cause {
    if refund.status == "canceled" { return Cause(.cancelled, "canceled") }
    let reason = refund.failureReason ?? "unknown"
    switch reason {
    case "lost_or_stolen_card", "expired_or_canceled_card":
      return Cause(.instrumentUnusable, reason)
    case "insufficient_funds": return Cause(.insufficientFunds, reason)
    case "declined": return Cause(.declined, reason)
    case "merchant_request": return Cause(.cancelled, reason)
    case "charge_for_pending_refund_disputed": return Cause(.conflict, reason)
    default: return Cause(.other, reason)
    }
  }

  /// Nil for a status that nobody knows. A prevented dispute and a closed inquiry took no money.
  ///
  /// Source: docs.stripe.com/api/disputes/object.
  static func disputeStatus(_ status: String) -> DisputeNews.Status? {
    switch status {
    case "warning_needs_response", "warning_under_review": .inquiry
    case "needs_response", "under_review": .opened
    case "won", "warning_closed", "prevented": .won
    case "lost": .lost
    default: nil
    }
  }

  /// Nil for a dispute whose state nobody knows.
  static func news(of dispute: StripeWire.Dispute) -> DisputeNews? {
    disputeStatus(dispute.status).map { status in
      DisputeNews(
        status: status, disputeID: dispute.id,
        amount: ReportedAmount(minorUnits: dispute.amount, currencyCode: dispute.currency),
        respondBy: dispute.evidenceDetails?.dueBy.flatMap { Timestamp(reportedUnixSeconds: $0) },
        reason: disputeReason(dispute.reason))
    }
  }

  static func disputeReason(_ reason: String) -> Cause {
    switch reason {
    case "fraudulent", "unrecognized": Cause(.suspectedFraud, reason)
    case "insufficient_funds": Cause(.insufficientFunds, reason)
    default: Cause(.other, reason)
    }
  }
}
