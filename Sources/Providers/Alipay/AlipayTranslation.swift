import Provider

/// From Alipay's words to ours.
enum AlipayTranslation {
  /// What the state of a trade means when we asked for it; nil for a state that nobody knows.
  ///
  /// A trade that is closed after all of it was refunded was paid once, but so little of that is said
  /// that it counts as closed only: an open payment never has refunds of ours.
  static func kind(ofQueried status: String, _ amount: ReportedAmount) -> ProviderEvent.Kind? {
    switch status {
    case "WAIT_BUYER_PAY": .pending
    case "TRADE_SUCCESS", "TRADE_FINISHED": .succeeded(amount)
    case "TRADE_CLOSED": .closed(Cause(.expired, status))
    default: nil
    }
  }
}
