public import Ledger
public import Pages

extension Posting.Kind: Named {
  public var phrase: Phrase {
    switch self {
    case .purchase: .entryPurchase
    case .bonus: .entryBonus
    case .refund: .entryRefund
    case .refundBonus: .entryRefundBonus
    case .refundReturn: .entryRefundReturn
    case .refundBonusReturn: .entryRefundBonusReturn
    case .disputeHold: .entryDisputeHold
    case .disputeRelease: .entryDisputeRelease
    case .grant: .entryGrant
    case .deduction: .entryDeduction
    }
  }
}
