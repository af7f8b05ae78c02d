public import Provider
public import Vocabulary

extension StripeProvider {
  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    .unknown(Cause(.configuration, "not offered"))
  }

  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    .unknown(Cause(.configuration, "not offered"))
  }
}
