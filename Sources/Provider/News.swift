public import Vocabulary

/// What a provider reports about a refund, whoever asked for it.
public struct RefundNews: Hashable, Sendable {
  public enum Status: String, CaseIterable, Sendable {
    case succeeded = "SUCCEEDED"
    case pending = "PENDING"
    /// The money stays with us, even if a success was reported before.
    case failed = "FAILED"
  }

  public enum Amount: Hashable, Sendable {
    /// Of this refund alone.
    case ofRefund(ReportedAmount)
    /// Of all refunds of the payment so far: it must never be added up.
    case ofPaymentSoFar(ReportedAmount)

    public var reported: ReportedAmount {
      switch self {
      case .ofRefund(let amount), .ofPaymentSoFar(let amount): amount
      }
    }
  }

  public let status: Status
  /// Our number of the refund, when the provider names it.
  public let outRequestNo: String?
  public let providerRefundID: String?
  public let amount: Amount?
  /// Why it failed; of a pending one, why the provider cannot go on by itself.
  public let cause: Cause?

  public init(
    status: Status, outRequestNo: String?, providerRefundID: String?, amount: Amount?,
    cause: Cause? = nil
  ) {
    self.status = status
    self.outRequestNo = outRequestNo
    self.providerRefundID = providerRefundID
    self.amount = amount
    self.cause = cause
  }
}

extension RefundNews {
  /// What an answer about a refund says; nil when it says nothing.
  ///
  /// - Parameter providerRefundID: the provider's number where the answer does not name it.
  public init?(
    _ outcome: RefundOutcome, outRequestNo: String, providerRefundID: String? = nil
  ) {
    switch outcome {
    case .succeeded(let facts):
      self.init(.succeeded, facts, outRequestNo: outRequestNo, providerRefundID)
    case .pending(let facts):
      self.init(.pending, facts, outRequestNo: outRequestNo, providerRefundID)
    case .failed(let cause):
      self.init(
        status: .failed, outRequestNo: outRequestNo, providerRefundID: providerRefundID,
        amount: nil, cause: cause)
    case .refused, .notFound, .unknown: return nil
    }
  }

  private init(
    _ status: Status, _ facts: RefundFacts, outRequestNo: String, _ providerRefundID: String?
  ) {
    self.init(
      status: status, outRequestNo: outRequestNo,
      providerRefundID: facts.providerRefundID ?? providerRefundID,
      amount: facts.amount.map { .ofRefund($0) }, cause: facts.obstacle)
  }
}

/// What a provider reports about a buyer's dispute with their bank.
public struct DisputeNews: Hashable, Sendable {
  public enum Status: String, CaseIterable, Sendable {
    /// A question of the bank; no money was moved.
    case inquiry = "INQUIRY"
    /// The money was taken from us until the bank decides.
    case opened = "OPENED"
    /// Decided for us, or dropped: the money is ours again.
    case won = "WON"
    case lost = "LOST"
  }

  public let status: Status
  public let disputeID: String
  public let amount: ReportedAmount
  /// Until when evidence can be handed in.
  public let respondBy: Timestamp?
  /// The bank's reason, such as `fraudulent`.
  public let reason: Cause

  public init(
    status: Status, disputeID: String, amount: ReportedAmount, respondBy: Timestamp?, reason: Cause
  ) {
    self.status = status
    self.disputeID = disputeID
    self.amount = amount
    self.respondBy = respondBy
    self.reason = reason
  }
}
