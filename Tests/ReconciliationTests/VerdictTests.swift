import Payments
import Provider
import Testing
import Vocabulary

@testable import Reconciliation

@Suite struct VerdictTests {
  static func line(
    _ status: BookLine.Status, kind: BookLine.Kind = .payment, amount: Int64 = 990,
    currency: String = "CNY", transaction: String? = "T1", refund: String? = nil
  ) -> BookLine {
    BookLine(
      kind: kind, status: status, outTradeNo: "COIN_20260101_00000001",
      providerTransactionID: transaction, outRequestNo: refund,
      amount: ReportedAmount(minorUnits: amount, currencyCode: currency),
      occurredAt: Timestamp(unixSeconds: 1_800_000_000))
  }

  static func payment(_ status: PaymentStatus, transaction: String? = "T1") throws
    -> RecordedPayment
  {
    RecordedPayment(
      id: PaymentID(7), outTradeNo: "COIN_20260101_00000001", providerTransactionID: transaction,
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
        == .differs(.missingHere, marks: false))
    #expect(LineVerdict.ofDispute(Self.line(.failed, kind: .dispute), []) == .agrees)
  }

  @Test func `the event of a line is the same whenever it is read, and of nobody's numbers none`()
    throws
  {
    let account = ProviderAccount(merchant: "m", isLive: true)
    let line = Self.line(.succeeded)
    let event = try #require(line.event(of: account, at: .alipay))
    #expect(event == line.event(of: account, at: .alipay))
    #expect(event.source == .reconciliation && event.eventKey == "books:payment:T1:990")
    let refund = Self.line(.succeeded, kind: .refund, refund: "R1")
    #expect(refund.event(of: account, at: .alipay)?.eventKey == "books:refund:R1")
    let strange = Self.line(.succeeded, transaction: "订单")
    #expect(strange.event(of: account, at: .alipay) == nil)
  }
}
