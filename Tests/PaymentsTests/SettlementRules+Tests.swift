import Kit
import Payments
import Vocabulary

extension ConfirmationRule {
  /// Of the played methods these tell with a success what was given back since.
  static let forTests = ConfirmationRule(tellingRefunds: [.stripe, .mock])
}

extension SettlementRules {
  static let forTests = SettlementRules(confirmation: .forTests)
}
