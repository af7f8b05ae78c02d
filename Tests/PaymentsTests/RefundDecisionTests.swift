import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments

@Suite struct RefundDecisionTests {
  static let account = ProviderAccount(merchant: "m", isLive: true)
  static let moment = Timestamp(unixSeconds: 1_800_000_000)

  static func money(_ minorUnits: Int64) throws -> Money {
    try #require(Money(minorUnits: minorUnits, currency: .cny))
  }

  static func refund(_ status: RefundStatus, amount: Int64 = 300) throws -> Refund {
    Refund(
      id: RefundID(1), paymentID: PaymentID(1), outRequestNo: "R1", providerRefundID: nil,
      amount: try money(amount), status: status, share: .none, reason: "r", actor: "a", cause: nil,
      attempts: 0, createdAt: moment)
  }

  static func decide(
    _ status: RefundNews.Status, number: String? = "R1", amount: RefundNews.Amount? = nil,
    refunds: [Refund], payment: PaymentStatus = .succeeded,
    source: ProviderEvent.Source = .notification
  ) throws -> RefundDecision {
    let news = RefundNews(
      status: status, outRequestNo: number, providerRefundID: nil, amount: amount)
    let event = try #require(
      ProviderEvent(
        provider: .alipay, eventKey: "e", source: source, kind: .refund(news),
        outTradeNo: "no", providerTransactionID: nil, account: account, occurredAt: moment))
    return RefundDecision.of(
      payment: PaymentFacts(
        provider: .alipay, account: account, amount: try money(990), status: payment,
        providerTransactionID: nil), refunds: refunds, event: event, news: news)
  }

  static func yuan(_ minorUnits: Int64, _ currency: String = "CNY") -> ReportedAmount {
    ReportedAmount(minorUnits: minorUnits, currencyCode: currency)
  }

  @Test(arguments: RefundStatus.allCases)
  func `news that comes late undoes nothing`(status: RefundStatus) throws {
    let refunds = [try Self.refund(status)]
    let id = RefundID(1)
    let succeeded = try Self.decide(.succeeded, refunds: refunds)
    let failed = try Self.decide(.failed, refunds: refunds)
    let pending = try Self.decide(.pending, refunds: refunds)
    switch status {
    case .requested:
      #expect(succeeded == .advance(id, to: .succeeded, nil))
      #expect(pending == .advance(id, to: .pending, nil))
    case .pending:
      #expect(succeeded == .advance(id, to: .succeeded, nil))
      #expect(pending == .ignore(.stillPending))
    case .succeeded:
      #expect(succeeded == .ignore(.alreadySettled))
      #expect(failed == .advance(id, to: .failed, Cause(.other)))
      #expect(pending == .ignore(.stillPending))
    case .failed:
      #expect(succeeded == .doubt(id))
      #expect(failed == .ignore(.alreadySettled))
      #expect(pending == .ignore(.alreadyFinal))
    }
  }

  @Test func `a refund that failed here and was made is booked when the provider says so itself`()
    throws
  {
    let failed = try Self.refund(.failed)
    #expect(
      try Self.decide(.succeeded, refunds: [failed], source: .query)
        == .revive(failed.id, inPlaceOf: []))
    #expect(
      try Self.decide(.succeeded, refunds: [failed], source: .reconciliation) == .doubt(failed.id))
    let wrong = RefundNews.Amount.ofRefund(Self.yuan(301))
    #expect(
      try Self.decide(.succeeded, amount: wrong, refunds: [failed], source: .query)
        == .hold(.amount))
  }

  @Test func `a refund that failed here is not booked beside what a total may have told of it`()
    throws
  {
    let failed = try Self.refund(.failed)
    let unnumbered = Refund(
      id: RefundID(2), paymentID: failed.paymentID, outRequestNo: "no_R2", providerRefundID: nil,
      amount: failed.amount, status: .succeeded, share: .none, reason: "r",
      actor: "provider:ALIPAY", cause: nil, attempts: 0, createdAt: Self.moment)
    #expect(
      try Self.decide(.succeeded, refunds: [failed, unnumbered], source: .query) == .hold(.amount))
  }

  @Test func `what was made ends those that were to take its place, newest first, if never sent`()
    throws
  {
    let failed = try Self.refund(.failed, amount: 500)
    func open(_ id: Int64, _ amount: Int64, attempts: Int64 = 0) throws -> Refund {
      Refund(
        id: RefundID(id), paymentID: failed.paymentID, outRequestNo: "R\(id)",
        providerRefundID: nil, amount: try Self.money(amount), status: .requested, share: .none,
        reason: "r", actor: "a", cause: nil, attempts: attempts, createdAt: Self.moment)
    }
    func decide(_ others: [Refund]) throws -> RefundDecision {
      try Self.decide(.succeeded, refunds: [failed] + others, source: .query)
    }
    #expect(try decide([open(2, 490)]) == .revive(failed.id, inPlaceOf: []))
    #expect(try decide([open(2, 491)]) == .revive(failed.id, inPlaceOf: [RefundID(2)]))
    #expect(
      try decide([open(2, 300), open(3, 300)]) == .revive(failed.id, inPlaceOf: [RefundID(3)]))
    #expect(try decide([open(2, 491, attempts: 1)]) == .reviveLater(failed.id))
    #expect(
      try decide([open(2, 300), open(3, 300, attempts: 1)])
        == .revive(failed.id, inPlaceOf: [RefundID(2)]))
  }

  @Test func `a refund that failed and was never heard of waits for its payment`() throws {
    let amount = RefundNews.Amount.ofRefund(Self.yuan(100))
    #expect(
      try Self.decide(.failed, number: "other", amount: amount, refunds: [])
        == .bookFailure(Self.yuan(100)))
    for payment in [PaymentStatus.pending, .closed, .suspicious] {
      #expect(
        try Self.decide(.failed, number: "other", amount: amount, refunds: [], payment: payment)
          == .wait)
      #expect(
        try Self.decide(.failed, number: nil, amount: amount, refunds: [], payment: payment)
          == .ignore(.noted))
    }
  }

  @Test func `more than was paid is never booked, whatever the provider says`() throws {
    let failed = try Self.refund(.failed)
    var other = try Self.refund(.succeeded, amount: 691)
    other = Refund(
      id: RefundID(2), paymentID: other.paymentID, outRequestNo: "R2", providerRefundID: nil,
      amount: other.amount, status: .succeeded, share: .none, reason: "r", actor: "a", cause: nil,
      attempts: 0, createdAt: Self.moment)
    #expect(
      try Self.decide(.succeeded, refunds: [failed, other], source: .query) == .hold(.amount))
  }

  @Test func `another amount or currency than was asked for is held`() throws {
    let refunds = [try Self.refund(.pending)]
    #expect(
      try Self.decide(.succeeded, amount: .ofRefund(Self.yuan(301)), refunds: refunds)
        == .hold(.amount))
    #expect(
      try Self.decide(.succeeded, amount: .ofRefund(Self.yuan(300, "USD")), refunds: refunds)
        == .hold(.currency))
    // A total of all refunds says nothing about one of ours.
    #expect(
      try Self.decide(.succeeded, amount: .ofPaymentSoFar(Self.yuan(990)), refunds: refunds)
        == .advance(RefundID(1), to: .succeeded, nil))
  }

  @Test func `a refund of the console is booked with what is new about it`() throws {
    let refunds = [try Self.refund(.succeeded)]
    func decide(_ amount: RefundNews.Amount?) throws -> RefundDecision {
      try Self.decide(.succeeded, number: "other", amount: amount, refunds: refunds)
    }
    #expect(try decide(.ofRefund(Self.yuan(100))) == .book(Self.yuan(100)))
    #expect(try decide(.ofPaymentSoFar(Self.yuan(400))) == .book(Self.yuan(100)))
    // The total holds nothing new, and yet the refund that it names is none that is known.
    #expect(try decide(.ofPaymentSoFar(Self.yuan(300))) == .hold(.amount))
    // A bank may take back what was made before, but nothing makes room for more than was paid.
    #expect(try decide(.ofRefund(Self.yuan(691))) == .wait)
    #expect(try decide(.ofRefund(Self.yuan(991))) == .hold(.amount))
    #expect(try decide(.ofPaymentSoFar(Self.yuan(991))) == .hold(.amount))
    #expect(try decide(nil) == .ignore(.noted))
    #expect(
      try Self.decide(
        .succeeded, number: "other", amount: .ofRefund(Self.yuan(100)), refunds: [],
        payment: .pending) == .wait)
    #expect(
      try Self.decide(
        .succeeded, number: "other", amount: .ofRefund(Self.yuan(100)), refunds: [],
        payment: .closed) == .wait)
    #expect(
      try Self.decide(
        .succeeded, number: "other", amount: .ofRefund(Self.yuan(100)), refunds: [],
        payment: .suspicious) == .wait)
    // Whether a refund of ours is in the total shows when it has ended.
    #expect(
      try Self.decide(
        .succeeded, number: "other", amount: .ofPaymentSoFar(Self.yuan(400)),
        refunds: [try Self.refund(.pending)]) == .wait)
    #expect(
      try Self.decide(.failed, number: "other", amount: nil, refunds: refunds) == .ignore(.noted))
  }

  @Test func `an order follows its refunds and disputes`() throws {
    let paid = try Self.money(990)
    func status(_ refunds: [Refund], dispute: Bool = false) -> OrderStatus {
      OrderStatus.afterPayment(paid: paid, refunds: refunds, hasOpenDispute: dispute)
    }
    #expect(status([]) == .paid)
    #expect(status([try Self.refund(.failed)]) == .paid)
    #expect(status([try Self.refund(.succeeded)]) == .partiallyRefunded)
    #expect(status([try Self.refund(.succeeded, amount: 990)]) == .refunded)
    #expect(status([try Self.refund(.succeeded), try Self.refund(.pending)]) == .refunding)
    #expect(status([try Self.refund(.succeeded, amount: 990)], dispute: true) == .disputed)
  }
}
