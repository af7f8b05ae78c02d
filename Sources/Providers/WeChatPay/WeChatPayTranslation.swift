import Provider

/// From WeChat Pay's words to ours; both versions use the same.
enum WeChatPayTranslation {
  /// What the state of a trade means; nil for a state that nobody knows.
  ///
  /// - Parameter amount: what the trade is about; never what the buyer paid after coupons.
  static func kind(of tradeState: String, _ amount: ReportedAmount?) -> ProviderEvent.Kind? {
    switch tradeState {
    case "SUCCESS": amount.map { .succeeded($0) }
    // Paid, and now being or been refunded.
    case "REFUND": amount.map { .refunded($0) }
    case "NOTPAY", "USERPAYING", "ACCEPT": .pending
    case "CLOSED", "REVOKED": .closed(Cause(.expired, tradeState))
    case "PAYERROR": .attemptFailed(Cause(.declined, tradeState))
    default: nil
    }
  }

  /// What the state of a refund means. CHANGE and ABNORMAL wait for the merchant, who chooses another
  /// way for the money in the console.
  static func outcome(of refundStatus: String, _ facts: RefundFacts) -> RefundOutcome {
    switch refundStatus {
    case "SUCCESS": .succeeded(facts)
    case "PROCESSING": .pending(facts)
    case "CHANGE", "ABNORMAL": .pending(facts.held(by: Cause(.instrumentUnusable, refundStatus)))
    case "REFUNDCLOSE", "CLOSED": .failed(Cause(.conflict, refundStatus))
    default: .unknown(Cause(.other, refundStatus))
    }
  }
}
