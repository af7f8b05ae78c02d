public import Provider
public import Vocabulary

/// What the settlement knows of an order when it decides about an event.
public struct OrderFacts: Hashable, Sendable {
  public var status: OrderStatus
  /// Whether another payment of the order may still be paid.
  public var hasOtherOpenPayment: Bool
  /// Whether its time was over when the event was settled.
  public var isOver: Bool
  /// Whether its user was erased, so that nobody can spend its coins.
  public var isErased: Bool

  public init(
    status: OrderStatus, hasOtherOpenPayment: Bool, isOver: Bool = false, isErased: Bool = false
  ) {
    self.status = status
    self.hasOtherOpenPayment = hasOtherOpenPayment
    self.isOver = isOver
    self.isErased = isErased
  }
}

/// Which signed successes have to be said again by the provider when it is asked, before they credit:
/// a leaked key then moves no large sums.
public struct ConfirmationRule: Hashable, Sendable {
  /// By currency; the largest amount that is believed at once. A currency that is not here is always
  /// believed.
  public var amounts: [Currency: Int64]
  /// The methods whose notified successes come with what was given back since.
  public var tellingRefunds: Set<PaymentMethod>

  public init(amounts: [Currency: Int64] = [:], tellingRefunds: Set<PaymentMethod> = []) {
    self.amounts = amounts
    self.tellingRefunds = tellingRefunds
  }

  /// Whether a notification of this payment's success needs to be confirmed. With a rule in force
  /// that is also so for an order that is over. What was paid and given back can be closed before we hear
  /// of either.
  func applies(to payment: PaymentFacts, of order: OrderFacts) -> Bool {
    if payment.hasEndedUnpaid, !tellingRefunds.contains(payment.provider) { return true }
    guard let largest = amounts[payment.amount.currency] else { return false }
    return payment.amount.minorUnits > largest || order.isOver || order.status != .pending
  }
}

/// What the settlement knows of a payment when it decides about an event.
public struct PaymentFacts: Hashable, Sendable {
  public var provider: PaymentMethod
  public var account: ProviderAccount
  public var amount: Money
  public var status: PaymentStatus
  /// The provider's number, once it is known.
  public var providerTransactionID: String?
  /// Whether it is held because the provider said that its money was given back, and not how much.
  public var isReturned: Bool

  public init(
    provider: PaymentMethod, account: ProviderAccount, amount: Money, status: PaymentStatus,
    providerTransactionID: String?, isReturned: Bool = false
  ) {
    self.isReturned = isReturned
    self.provider = provider
    self.account = account
    self.amount = amount
    self.status = status
    self.providerTransactionID = providerTransactionID
  }

  /// Whether its money is booked.
  public var isPaid: Bool { status == .succeeded || status == .duplicate }

  var hasEndedUnpaid: Bool { status == .failed || status == .closed }

  /// Whether the provider may still report that it was paid, as far as we know.
  public var isOpen: Bool { status == .starting || status == .pending }
}

/// How an event contradicts what was stored. In order of precedence.
public enum Mismatch: String, CaseIterable, Sendable {
  case provider
  case merchantAccount = "merchant_account"
  case liveMode = "live_mode"
  /// The provider's number is that of a payment with another number of ours.
  case outTradeNo = "out_trade_no"
  /// The payment has another number at the provider, or the number belongs to another payment.
  case transactionID = "transaction_id"
  case currency
  case amount
  /// It was paid and given back before we heard of it, and nobody says how much.
  case refunded
  /// The order's user was erased before the money came.
  case erased
}

/// Why an event changes nothing. In order of precedence.
public enum IgnoreReason: String, CaseIterable, Sendable {
  case alreadySettled = "already_settled"
  case alreadyFinal = "already_final"
  case attemptFailed = "attempt_failed"
  case stillPending = "still_pending"
  /// A dispute ended otherwise, before what is known of it came about.
  case olderEnd = "older_end"
  /// About a refund or dispute.
  case noted
}

/// What to do about one event. Everything that may happen to money is one of these.
public enum Decision: Hashable, Sendable {
  /// Credit the coins; order PAID, payment SUCCEEDED.
  case credit
  /// The order was credited by another payment: payment DUPLICATE, refund all of it.
  case duplicate
  /// Ask the provider first.
  case confirm
  /// Credit nothing and alarm. An unsettled payment becomes SUSPICIOUS.
  case hold(Mismatch)
  /// Payment FAILED; the order too unless another payment is open or it ended otherwise.
  case fail(Cause, failsOrder: Bool)
  /// Payment CLOSED; the order stays as it is.
  case close(Cause)
  case ignore(IgnoreReason)
}

extension ProviderEvent.Kind {
  /// About a refund or dispute, which `NewsSettlement` handles.
  var isNews: Bool {
    switch self {
    case .refund, .dispute: true
    case .succeeded, .refunded, .failed, .attemptFailed, .closed, .pending, .changed: false
    }
  }

  /// Says nothing by itself: `Caretaker` asks the provider, and settles the answer.
  var isQuestion: Bool { if case .changed = self { true } else { false } }
}

extension Decision {
  /// Decides, from facts alone, what an event means. No clock, no database: money for an order that
  /// expired, was cancelled or failed is still credited.
  ///
  /// - Parameters:
  ///   - numbers: how the numbers that the event names belong to different payments.
  ///   - returnIsTold: whether news of what was given back of the payment is there and waits for its
  ///     success.
  public static func of(
    order: OrderFacts, payment: PaymentFacts, event: ProviderEvent,
    rule: ConfirmationRule = ConfirmationRule(), numbers: Mismatch? = nil,
    returnIsTold: Bool = false
  ) -> Decision {
    if let mismatch = identityMismatch(payment, event) ?? numbers { return .hold(mismatch) }
    switch event.kind {
    case .succeeded(let reported):
      let decision = success(order: order, payment: payment, reported: reported)
      let movesMoney = decision == .credit || decision == .duplicate
      // A notification may be older than what was given back since.
      if movesMoney, payment.isReturned, event.source == .notification, !returnIsTold {
        return .hold(.refunded)
      }
      guard movesMoney, event.source == .notification,
        rule.applies(to: payment, of: order)
      else { return decision }
      return .confirm
    case .refunded(let reported):
      let decision = success(order: order, payment: payment, reported: reported)
      return decision == .credit || decision == .duplicate ? .hold(.refunded) : decision
    case .failed(let cause):
      guard payment.isOpen else { return .ignore(.alreadyFinal) }
      let failsOrder = order.status == .pending && !order.hasOtherOpenPayment
      return .fail(cause, failsOrder: failsOrder)
    case .closed(let cause):
      guard payment.isOpen else { return .ignore(.alreadyFinal) }
      return .close(cause)
    case .attemptFailed:
      return .ignore(payment.isOpen ? .attemptFailed : .alreadyFinal)
    case .pending:
      return .ignore(payment.isOpen ? .stillPending : .alreadyFinal)
    case .refund, .dispute, .changed:
      return .ignore(.noted)
    }
  }

  private static func success(
    order: OrderFacts, payment: PaymentFacts, reported: ReportedAmount
  ) -> Decision {
    guard reported.currencyCode == payment.amount.currency.code else { return .hold(.currency) }
    guard reported.minorUnits == payment.amount.minorUnits else { return .hold(.amount) }
    switch payment.status {
    case .succeeded, .duplicate: return .ignore(.alreadySettled)
    case .starting, .pending, .failed, .closed, .suspicious: break
    }
    if order.status.wasCredited { return .duplicate }
    return order.isErased ? .hold(.erased) : .credit
  }

  /// Of an account with both modes the provider itself says of which an event is. Of the others our
  /// settings say it, which may have learnt since that an address is live after all: then a sandbox's
  /// answer about live money is the danger.
  private static func contradicts(_ payment: PaymentFacts, modeOf event: ProviderEvent) -> Bool {
    guard payment.account.isLive != event.account.isLive else { return false }
    return payment.account.isLive || payment.account.mayHaveBothModes
  }

  static func identityMismatch(
    _ payment: PaymentFacts, _ event: ProviderEvent
  ) -> Mismatch? {
    if payment.provider != event.provider { return .provider }
    // Events of an account's own key or secret need not name it.
    let named = event.account.merchant
    if !named.isEmpty, payment.account.merchant != named { return .merchantAccount }
    if contradicts(payment, modeOf: event) { return .liveMode }
    if let known = payment.providerTransactionID, let reported = event.providerTransactionID,
      known != reported
    {
      return .transactionID
    }
    return nil
  }
}
