import Provider
import Vocabulary

/// The calls about one refund, recorded with the number of its payment.
struct RefundCall {
  let provider: any PaymentProvider
  let request: RefundRequest
  let outTradeNo: String
  let moment: Timestamp

  func ask() -> RefundOutcome {
    CallPurpose.during(.queryRefund, of: outTradeNo) {
      provider.queryRefund(request, now: moment)
    }
  }

  func make() -> RefundOutcome {
    CallPurpose.during(.refund, of: outTradeNo) { provider.refund(request, now: moment) }
  }
}
