import Kit
import Provider
import Testing
import Vocabulary

@testable import Payments
@testable import Reconciliation

@Suite struct VerdictTests {
  static func line(
    _ status: BookLine.Status, kind: BookLine.Kind = .payment, amount: Int64 = 990,
    currency: String = "CNY", transaction: String? = "T1", refund: String? = nil,
    number: String? = nil
  ) -> BookLine {
    BookLine(
      kind: kind, status: status, outTradeNo: "COIN_20260101_00000001",
      providerTransactionID: transaction, outRequestNo: refund, providerRefundID: number,
      amount: ReportedAmount(minorUnits: amount, currencyCode: currency),
      occurredAt: Timestamp(unixSeconds: 1_800_000_000))
  }

  static func payment(_ status: PaymentStatus, transaction: String? = "T1") throws
    -> RecordedPayment
  {
    RecordedPayment(
      id: PaymentID(7), account: ProviderAccount(merchant: "m", isLive: true),
      outTradeNo: "COIN_20260101_00000001", providerTransactionID: transaction,
      amount: try #require(Money(minorUnits: 990, currency: .cny)), status: status)
  }

  static let booked: [PaymentStatus] = [.succeeded, .duplicate]

  @Test(arguments: PaymentStatus.allCases)
  func `money that is there and not booked here is settled`(status: PaymentStatus) throws {
    let verdict = LineVerdict.ofPayment(Self.line(.succeeded), try Self.payment(status))
    let isBooked = Self.booked.contains(status)
    #expect(verdict == (isBooked ? .known : .differs(.missingHere, settles: true)))
  }

  @Test(arguments: PaymentStatus.allCases)
  func `money that was taken back contradicts what is booked`(status: PaymentStatus) throws {
    let verdict = LineVerdict.ofPayment(Self.line(.failed), try Self.payment(status))
    #expect(verdict == (Self.booked.contains(status) ? .differs(.statusDiffers) : .agrees))
  }

  @Test(arguments: PaymentStatus.allCases)
  func `money on its way is known, and contradicts what is booked`(status: PaymentStatus) throws {
    let verdict = LineVerdict.ofPayment(Self.line(.pending), try Self.payment(status))
    #expect(verdict == (Self.booked.contains(status) ? .differs(.statusDiffers) : .known))
  }

  @Test(arguments: PaymentStatus.allCases)
  func `another amount is held once`(status: PaymentStatus) throws {
    for line in [Self.line(.succeeded, amount: 991), Self.line(.succeeded, currency: "USD")] {
      let verdict = LineVerdict.ofPayment(line, try Self.payment(status))
      let isHeld = Self.booked.contains(status) || status == .suspicious
      #expect(verdict == .differs(.amountDiffers, settles: !isHeld))
    }
  }

  @Test func `our number with another transaction is other money`() throws {
    let line = Self.line(.succeeded, transaction: "T2")
    let verdict = LineVerdict.ofPayment(line, try Self.payment(.succeeded))
    #expect(verdict == .differs(.missingHere, settles: true, marks: false))
    #expect(
      LineVerdict.ofPayment(line, try Self.payment(.succeeded, transaction: nil)) == .known)
  }

  @Test func `nobody's money goes to the settlement, nobody's failure is nothing`() {
    #expect(
      LineVerdict.ofPayment(Self.line(.succeeded), nil)
        == .differs(.missingHere, settles: true, marks: false))
    #expect(LineVerdict.ofPayment(Self.line(.failed), nil) == .agrees)
    #expect(LineVerdict.ofPayment(Self.line(.pending), nil) == .agrees)
  }

  @Test func `a refund that nobody here asked for is settled`() throws {
    let paid = try Self.payment(.succeeded)
    #expect(
      LineVerdict.ofRefund(Self.line(.succeeded, kind: .refund), paid, nil)
        == .differs(.missingHere, settles: true, marks: false))
    #expect(
      LineVerdict.ofRefund(Self.line(.pending, kind: .refund), paid, nil)
        == .differs(.missingHere, marks: false))
    #expect(LineVerdict.ofRefund(Self.line(.failed, kind: .refund), paid, nil) == .agrees)
  }

  @Test func `a dispute that nobody told of, or of another end, is a difference`() {
    #expect(
      LineVerdict.ofDispute(Self.line(.succeeded, kind: .dispute), [])
        == .differs(.missingHere, settles: true, marks: false))
    #expect(LineVerdict.ofDispute(Self.line(.failed, kind: .dispute), []) == .agrees)
  }

  static func dispute(_ status: DisputeNews.Status, newsAt seconds: Int64) -> Dispute {
    var dispute = Dispute(
      id: nil, paymentID: PaymentID(7), disputeID: "du_1", status: status,
      amount: ReportedAmount(minorUnits: 990, currencyCode: "CNY"), coinsFrozen: 0, respondBy: nil,
      reason: "fraud")
    dispute.newsAt = Timestamp(unixSeconds: 1_800_000_000 + seconds)
    return dispute
  }

  @Test func `a second dispute is not taken for the first one`() {
    let known = Self.dispute(.lost, newsAt: 0)
    let line = Self.line(.succeeded, kind: .dispute, number: "du_2")
    #expect(
      LineVerdict.ofDispute(line, [known])
        == .differs(.missingHere, settles: true, marks: false))
    #expect(
      LineVerdict.ofDispute(Self.line(.succeeded, kind: .dispute, number: "du_1"), [known])
        == .agrees)
  }

  @Test func `a line is followed by a later one of its own dispute, however far down`() throws {
    func move(
      _ status: BookLine.Status, _ number: String?, _ second: Int64, trade: String = "T1"
    ) -> BookLine {
      BookLine(
        kind: .dispute, status: status, outTradeNo: nil, providerTransactionID: trade,
        outRequestNo: nil, providerRefundID: number,
        amount: ReportedAmount(minorUnits: 990, currencyCode: "CNY"),
        occurredAt: Timestamp(unixSeconds: 1_800_000_000 + second))
    }
    let first = move(.succeeded, "du_1", 0)
    let others = (1...2_000).map { move(.succeeded, "du_1\($0)", 0) }
    #expect(!DisputeMoves([first] + others).follow(first))
    let last = move(.failed, "du_1", 5)
    #expect(DisputeMoves([first] + others + [last]).follow(first))
    #expect(!DisputeMoves([first] + others + [last]).follow(last))
    let nameless = move(.succeeded, nil, 0)
    #expect(!DisputeMoves([nameless, move(.failed, nil, 5, trade: "T2")]).follow(nameless))
    #expect(DisputeMoves([nameless, move(.failed, nil, 5)]).follow(nameless))
  }

  @Test func `money that a dispute moved agrees with the end that we know, or is told`() {
    let (withdrawn, reinstated) = (
      Self.line(.succeeded, kind: .dispute), Self.line(.failed, kind: .dispute)
    )
    let dayEnd = Timestamp(unixSeconds: 1_800_050_000)
    func verdict(_ line: BookLine, _ dispute: Dispute, isFollowed: Bool = false) -> LineVerdict {
      .ofDispute(line, [dispute], isFollowed: isFollowed, dayEnd: dayEnd)
    }
    let differs = LineVerdict.differs(.statusDiffers, settles: true, marks: false)
    for status in [DisputeNews.Status.opened, .lost] {
      #expect(verdict(withdrawn, Self.dispute(status, newsAt: 0)) == .agrees)
      #expect(verdict(reinstated, Self.dispute(status, newsAt: -9)) == differs)
      #expect(verdict(reinstated, Self.dispute(status, newsAt: 9), isFollowed: true) == .agrees)
    }
    #expect(verdict(reinstated, Self.dispute(.won, newsAt: 0)) == .agrees)
    // Won, and the money is gone: before the books end they have to show how it came back.
    #expect(verdict(withdrawn, Self.dispute(.won, newsAt: -9)) == differs)
    #expect(verdict(withdrawn, Self.dispute(.won, newsAt: 9)) == differs)
    #expect(verdict(withdrawn, Self.dispute(.won, newsAt: 9), isFollowed: true) == .agrees)
    #expect(verdict(withdrawn, Self.dispute(.won, newsAt: 90_000)) == .agrees)
  }

  @Test func `two payments whose refunds bear one number are two lines`() {
    let (first, second) = (
      Self.line(.succeeded, kind: .refund, refund: "1"),
      Self.line(.succeeded, kind: .refund, transaction: "T2", refund: "1")
    )
    #expect(first.name != second.name)
    let account = ProviderAccount(merchant: "m", isLive: true)
    #expect(
      first.event(of: account, at: .alipay)?.eventKey
        != second.event(of: account, at: .alipay)?.eventKey)
    // One of ours keeps the name that it always had.
    let ours = Self.line(.succeeded, kind: .refund, refund: "COIN_20260101_00000001_R1")
    #expect(
      ours.event(of: account, at: .alipay)?.eventKey == "books:refund:COIN_20260101_00000001_R1")
  }

  @Test
  func `the event of a line is the same whenever it is read, and of nobody's numbers none`()
    throws
  {
    let account = ProviderAccount(merchant: "m", isLive: true)
    let line = Self.line(.succeeded)
    let event = try #require(line.event(of: account, at: .alipay))
    #expect(event == line.event(of: account, at: .alipay))
    #expect(event.source == .reconciliation && event.eventKey == "books:payment:T1:990")
    let refund = Self.line(.succeeded, kind: .refund, refund: "R1")
    #expect(refund.event(of: account, at: .alipay)?.eventKey == "books:refund:T1|R1")
    let strange = Self.line(.succeeded, transaction: "订单")
    #expect(strange.event(of: account, at: .alipay) == nil)
  }
}
