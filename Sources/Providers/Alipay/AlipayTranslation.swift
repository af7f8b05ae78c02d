import Provider

/// From Alipay's words to ours.
enum AlipayTranslation {
  /// What the state of a trade means when we asked for it; nil for a state that nobody knows.
  ///
  /// - Parameter wasPaid: a trade that was paid is closed once all of it was given back.
  static func kind(
    ofQueried status: String, _ amount: ReportedAmount, wasPaid: Bool
  ) -> ProviderEvent.Kind? {
    switch status {
    case "WAIT_BUYER_PAY": .pending
    case "TRADE_SUCCESS", "TRADE_FINISHED": .succeeded(amount)
    case closed: wasPaid ? .succeeded(amount) : .closed(Cause(.expired, status))
    default: nil
    }
  }

  static let closed = "TRADE_CLOSED"
}
