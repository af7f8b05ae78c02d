import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Every state of an order × every state of a payment × every kind of event.
@Suite struct DecisionTests {
  static let account = ProviderAccount(merchant: "m", isLive: true)
  static let moment = Timestamp(unixSeconds: 1_800_000_000)

  static func payment(
    _ status: PaymentStatus, transactionID: String? = "txn"
  ) throws -> PaymentFacts {
    PaymentFacts(
      provider: .stripe, account: account,
      amount: try #require(Money(minorUnits: 990, currency: .usd)), status: status,
      providerTransactionID: transactionID)
  }

  static func event(
    _ kind: ProviderEvent.Kind, provider: PaymentMethod = .stripe,
    account: ProviderAccount = account, transactionID: String? = "txn"
  ) throws -> ProviderEvent {
    try #require(
      ProviderEvent(
        provider: provider, eventKey: "evt", source: .notification, kind: kind, outTradeNo: "no",
        providerTransactionID: transactionID, account: account, occurredAt: moment))
  }

  static let paidInFull = ProviderEvent.Kind.succeeded(
    ReportedAmount(minorUnits: 990, currencyCode: "USD"))

  static let kinds: [ProviderEvent.Kind] = [
    paidInFull, .failed(Cause(.other, "c")), .attemptFailed(Cause(.other, "c")),
    .closed(Cause(.other, "c")), .pending,
    .succeeded(ReportedAmount(minorUnits: 989, currencyCode: "USD")),
    .succeeded(ReportedAmount(minorUnits: 990, currencyCode: "CNY")),
    .refunded(ReportedAmount(minorUnits: 990, currencyCode: "USD")),
  ]

  @Test(arguments: OrderStatus.allCases, PaymentStatus.allCases)
  func `full money credits an uncredited order once`(order: OrderStatus, status: PaymentStatus)
    throws
  {
    for hasOther in [false, true] {
      let decision = Decision.of(
        order: OrderFacts(status: order, hasOtherOpenPayment: hasOther),
        payment: try Self.payment(status), event: try Self.event(Self.paidInFull), rule: .forTests)
      switch (status, order.wasCredited) {
      case (.succeeded, _), (.duplicate, _): #expect(decision == .ignore(.alreadySettled))
      case (_, true): #expect(decision == .duplicate)
      case (_, false): #expect(decision == .credit)
      }
    }
  }

  @Test(arguments: OrderStatus.allCases, PaymentStatus.allCases)
  func `news without money never credits`(order: OrderStatus, status: PaymentStatus) throws {
    for hasOther in [false, true] {
      for kind in Self.kinds where kind != Self.paidInFull {
        let decision = Decision.of(
          order: OrderFacts(status: order, hasOtherOpenPayment: hasOther),
          payment: try Self.payment(status), event: try Self.event(kind))
        let isOpen = status == .starting || status == .pending
        switch kind {
        case .succeeded(let amount):
          #expect(decision == .hold(amount.currencyCode == "USD" ? .amount : .currency))
        case .refunded:
          let isBooked = status == .succeeded || status == .duplicate
          #expect(decision == (isBooked ? .ignore(.alreadySettled) : .hold(.refunded)))
        case .failed:
          let failsOrder = order == .pending && !hasOther
          #expect(
            decision
              == (isOpen
                ? .fail(Cause(.other, "c"), failsOrder: failsOrder) : .ignore(.alreadyFinal)))
        case .closed:
          #expect(decision == (isOpen ? .close(Cause(.other, "c")) : .ignore(.alreadyFinal)))
        case .attemptFailed:
          #expect(decision == .ignore(isOpen ? .attemptFailed : .alreadyFinal))
        case .pending: #expect(decision == .ignore(isOpen ? .stillPending : .alreadyFinal))
        case .refund, .dispute, .changed: #expect(decision == .ignore(.noted))
        }
      }
    }
  }

  @Test(arguments: PaymentStatus.allCases)
  func `an event of somebody else is held whatever it says`(status: PaymentStatus) throws {
    let payment = try Self.payment(status)
    for kind in Self.kinds {
      let cases: [(ProviderEvent, Mismatch)] = [
        (try Self.event(kind, provider: .alipay), .provider),
        (
          try Self.event(kind, account: ProviderAccount(merchant: "x", isLive: true)),
          .merchantAccount
        ),
        (try Self.event(kind, account: ProviderAccount(merchant: "m", isLive: false)), .liveMode),
        (try Self.event(kind, transactionID: "other"), .transactionID),
        // Several wrongs at once: the first in order of precedence is named.
        (
          try Self.event(
            kind, provider: .wechat, account: ProviderAccount(merchant: "x", isLive: false),
            transactionID: "other"), .provider
        ),
      ]
      for (event, mismatch) in cases {
        let decision = Decision.of(
          order: OrderFacts(status: .pending, hasOtherOpenPayment: false), payment: payment,
          event: event)
        #expect(decision == .hold(mismatch))
      }
    }
  }

  @Test(arguments: PaymentStatus.allCases, [PaymentMethod.alipay, .wechat, .stripe])
  func `a notified success of a payment that ended is asked about where no refunds come with it`(
    status: PaymentStatus, method: PaymentMethod
  ) throws {
    var payment = try Self.payment(status)
    payment.provider = method
    let decision = Decision.of(
      order: OrderFacts(status: .expired, hasOtherOpenPayment: false), payment: payment,
      event: try Self.event(Self.paidInFull, provider: method),
      rule: .forTests)
    switch (status, method) {
    case (.succeeded, _), (.duplicate, _): #expect(decision == .ignore(.alreadySettled))
    case (.failed, .alipay), (.closed, .alipay), (.failed, .wechat), (.closed, .wechat):
      #expect(decision == .confirm)
    default: #expect(decision == .credit)
    }
  }

  @Test func `a transaction number that is not known yet is no mismatch`() throws {
    let decision = Decision.of(
      order: OrderFacts(status: .pending, hasOtherOpenPayment: false),
      payment: try Self.payment(.starting, transactionID: nil),
      event: try Self.event(Self.paidInFull))
    #expect(decision == .credit)
  }

  static let otherAmounts: [Int64] = [
    .min, -990, -1, 0, 1, 989, 991, 99_000, 990 + 4_294_967_296, .max,
  ]

  @Test(arguments: otherAmounts)
  func `any other amount is held`(minorUnits: Int64) throws {
    let kind = ProviderEvent.Kind.succeeded(
      ReportedAmount(minorUnits: minorUnits, currencyCode: "USD"))
    let decision = Decision.of(
      order: OrderFacts(status: .pending, hasOtherOpenPayment: false),
      payment: try Self.payment(.pending), event: try Self.event(kind))
    #expect(decision == .hold(.amount))
  }
}
