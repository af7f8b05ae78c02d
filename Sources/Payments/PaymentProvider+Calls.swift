import Provider
import Vocabulary

/// Calls about a payment of ours, recorded with its number.
extension PaymentProvider {
  func query(_ payment: Payment, now: Timestamp) -> QueryOutcome {
    CallPurpose.during(.query, of: payment.outTradeNo) { query(payment.reference, now: now) }
  }

  func close(_ payment: Payment, now: Timestamp) -> CloseOutcome {
    CallPurpose.during(.close, of: payment.outTradeNo) { close(payment.reference, now: now) }
  }
}
