public import Vocabulary

/// What an operator has set about how events are settled.
public struct SettlementRules: Hashable, Sendable {
  /// Which signed successes have to be confirmed by the provider.
  public var confirmation: ConfirmationRule
  /// What becomes of the coins when money was given back without us, or was withdrawn by a bank.
  public var refund: RefundRule

  public init(
    confirmation: ConfirmationRule = ConfirmationRule(), refund: RefundRule = .takeBack
  ) {
    self.confirmation = confirmation
    self.refund = refund
  }
}
