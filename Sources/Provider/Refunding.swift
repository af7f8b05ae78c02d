public import Vocabulary

/// Money to be given back, all of a payment or a part.
public struct RefundRequest: Hashable, Sendable {
  public let payment: PaymentReference
  public let paymentAmount: Money
  /// Our number of the refund, unique for ever: the same number moves money once.
  public let outRequestNo: String
  /// The provider's number of the refund, once it is known.
  public let providerRefundID: String?
  public let amount: Money
  public let reason: String

  public init(
    payment: PaymentReference, paymentAmount: Money, outRequestNo: String,
    providerRefundID: String?, amount: Money, reason: String
  ) {
    self.payment = payment
    self.paymentAmount = paymentAmount
    self.outRequestNo = outRequestNo
    self.providerRefundID = providerRefundID
    self.amount = amount
    self.reason = reason
  }
}

/// What a provider says about a refund. Only `succeeded` and `failed` are ends, and a success can
/// still turn into a failure at a bank.
public enum RefundOutcome: Hashable, Sendable {
  case succeeded(RefundFacts)
  case pending(RefundFacts)
  /// The provider knows the refund, and says that the money stays with us.
  case failed(Cause)
  /// The provider did not take the request. That says nothing about an earlier one with the same
  /// number, whose answer may have been lost: the provider has to be asked for it.
  case refused(Cause)
  /// The provider does not know such a refund; asking for it again with the same number is safe.
  case notFound
  /// Nobody knows whether money moved.
  case unknown(Cause)
}

/// A refund in the provider's words.
public struct RefundFacts: Hashable, Sendable {
  public let providerRefundID: String?
  public let amount: ReportedAmount?
  /// Why the provider cannot go on by itself with a refund that is pending.
  public let obstacle: Cause?

  public init(
    providerRefundID: String?, amount: ReportedAmount?, obstacle: Cause? = nil
  ) {
    self.providerRefundID = providerRefundID
    self.amount = amount
    self.obstacle = obstacle
  }

  public func held(by obstacle: Cause) -> RefundFacts {
    RefundFacts(providerRefundID: providerRefundID, amount: amount, obstacle: obstacle)
  }
}
