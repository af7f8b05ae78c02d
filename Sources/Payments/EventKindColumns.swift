public import Database
public import Provider
import Vocabulary

extension ProviderEvent.Source: ColumnDecodable {}

/// What an event says; the column `payment_events.kind`.
public enum EventKind: String, CaseIterable, Sendable, ColumnDecodable {
  case succeeded = "SUCCEEDED"
  case refunded = "REFUNDED"
  case failed = "FAILED"
  case attemptFailed = "ATTEMPT_FAILED"
  case closed = "CLOSED"
  case pending = "PENDING"
  case refund = "REFUND"
  case dispute = "DISPUTE"
  case changed = "CHANGED"
}

/// `ProviderEvent.Kind` as the columns of a row, and back.
struct EventKindColumns {
  let kind: EventKind
  var amount: ReportedAmount?
  var cause: Cause?
  /// The state of a refund or dispute, or the type of what changed.
  var newsStatus: String?
  /// Our number of a refund.
  var newsNo: String?
  /// The provider's number of a refund or dispute, or of what changed.
  var newsID: String?
  /// Whether the amount is of all refunds so far.
  var amountIsTotal: Bool?
  var respondBy: Timestamp?

  init(kind: EventKind) { self.kind = kind }

  init(_ eventKind: ProviderEvent.Kind) {
    switch eventKind {
    case .succeeded(let amount):
      self.init(kind: .succeeded)
      self.amount = amount
    case .refunded(let amount):
      self.init(kind: .refunded)
      self.amount = amount
    case .failed(let cause):
      self.init(kind: .failed)
      self.cause = cause
    case .attemptFailed(let cause):
      self.init(kind: .attemptFailed)
      self.cause = cause
    case .closed(let cause):
      self.init(kind: .closed)
      self.cause = cause
    case .pending: self.init(kind: .pending)
    case .refund(let news): self.init(news)
    case .dispute(let news): self.init(news)
    case .changed(let object):
      self.init(kind: .changed)
      newsStatus = object.type
      newsID = object.id
    }
  }

  private init(_ news: RefundNews) {
    self.init(kind: .refund)
    newsStatus = news.status.rawValue
    newsNo = news.outRequestNo
    newsID = news.providerRefundID
    cause = news.cause
    amount = news.amount?.reported
    if case .ofPaymentSoFar = news.amount { amountIsTotal = true }
  }

  private init(_ news: DisputeNews) {
    self.init(kind: .dispute)
    newsStatus = news.status.rawValue
    newsID = news.disputeID
    cause = news.reason
    amount = news.amount
    respondBy = news.respondBy
  }

  /// Nil when something is missing that the inbox never leaves out.
  var eventKind: ProviderEvent.Kind? {
    let cause = cause ?? Cause(.other)
    switch kind {
    case .succeeded: return amount.map { .succeeded($0) }
    case .refunded: return amount.map { .refunded($0) }
    case .failed: return .failed(cause)
    case .attemptFailed: return .attemptFailed(cause)
    case .closed: return .closed(cause)
    case .pending: return .pending
    case .refund: return refundNews.map { .refund($0) }
    case .dispute: return disputeNews.map { .dispute($0) }
    case .changed: return changedObject.map { .changed($0) }
    }
  }

  private var refundNews: RefundNews? {
    newsStatus.flatMap(RefundNews.Status.init).map { status in
      RefundNews(
        status: status, outRequestNo: newsNo, providerRefundID: newsID,
        amount: amount.map { amountIsTotal == true ? .ofPaymentSoFar($0) : .ofRefund($0) },
        cause: cause)
    }
  }

  private var changedObject: ChangedObject? {
    guard let newsStatus, let newsID else { return nil }
    return ChangedObject(type: newsStatus, id: newsID)
  }

  private var disputeNews: DisputeNews? {
    guard let status = newsStatus.flatMap(DisputeNews.Status.init), let newsID, let amount else {
      return nil
    }
    return DisputeNews(
      status: status, disputeID: newsID, amount: amount, respondBy: respondBy,
      reason: cause ?? Cause(.other))
  }
}
