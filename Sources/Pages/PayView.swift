public import Vocabulary

/// How the pay page lets its user go on.
public enum PayAction: Sendable {
  case redirect(url: String)
  case qrCode(imageURL: String)
  case paymentElement
  case mock(id: String)
  /// The code or address has run out; a fresh one can be had.
  case stale
  /// The provider does not know of the payment yet; it can be begun again.
  case notStarted
  case none
}

/// What a user is asked before something is done that cannot be undone.
public enum PayQuestion: Sendable {
  case cancel
  case switchMethod(PaymentMethod)
}

public struct PayView: Sendable {
  let order: OrderView
  let action: PayAction
  let otherMethods: [PaymentMethod]
  /// What the order costs by each of them, which may be another currency than now.
  let prices: [PaymentMethod: Money]
  /// Offered in general, but not now.
  let unavailableMethods: [PaymentMethod]
  /// Other methods of this order by which money may still arrive.
  let earlierOpenMethods: [PaymentMethod]
  /// As the server counts them; 0 when the order is over.
  let secondsLeft: Int64
  /// Until the code or address runs out; nil when it lasts as long as the order.
  let codeSecondsLeft: Int64?
  /// Until a provider is asked by itself; nil when nothing is open.
  let nextCheckSeconds: Int64?
  /// Whether a payment is open, so that a second one could be paid besides.
  let hasOpenPayment: Bool
  let canCancel: Bool
  /// Why the last attempt failed.
  let failure: FailureReason?
  let question: PayQuestion?
  /// Whether a payment is open that only an operator can bring to its end.
  let isLookedAt: Bool
  /// Whether the order was paid more than once, so that money goes back.
  let isPaidTwice: Bool
  /// Whether the reader's browser is one inside an app that does not let the payment be made.
  let isInsideApp: Bool

  public init(
    order: OrderView, action: PayAction, otherMethods: [PaymentMethod],
    prices: [PaymentMethod: Money] = [:], unavailableMethods: [PaymentMethod] = [],
    earlierOpenMethods: [PaymentMethod] = [],
    secondsLeft: Int64, codeSecondsLeft: Int64? = nil, nextCheckSeconds: Int64? = nil,
    hasOpenPayment: Bool, canCancel: Bool, failure: FailureReason? = nil,
    question: PayQuestion? = nil, isLookedAt: Bool = false, isPaidTwice: Bool = false,
    isInsideApp: Bool = false
  ) {
    self.order = order
    self.action = action
    self.otherMethods = otherMethods
    self.prices = prices
    self.unavailableMethods = unavailableMethods
    self.earlierOpenMethods = earlierOpenMethods
    self.secondsLeft = secondsLeft
    self.codeSecondsLeft = codeSecondsLeft
    self.nextCheckSeconds = nextCheckSeconds
    self.hasOpenPayment = hasOpenPayment
    self.canCancel = canCancel
    self.failure = failure
    self.question = question
    self.isLookedAt = isLookedAt
    self.isPaidTwice = isPaidTwice
    self.isInsideApp = isInsideApp
  }
}
