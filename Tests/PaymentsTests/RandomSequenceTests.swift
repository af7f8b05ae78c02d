import Kit
import Ledger
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Orders with several payments meet random events; the money rules hold after each.
@Suite struct RandomSequenceTests {
  static let sequences = 10_000
  static let eventsInSequence = 12
  static let moment = Timestamp(unixSeconds: 1_800_000_000)
  static let account = ProviderAccount(merchant: "m", isLive: true)

  @Test(arguments: [20_261_124, UInt64.random(in: 0...UInt64(Int64.max))])
  func `random events never credit twice and never lose money`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for sequence in 0..<Self.sequences {
      try #require(
        try Self.run(&generator), "seed \(seed), sequence \(sequence) broke a money rule")
    }
  }

  /// - Returns: whether every rule held.
  private static func run(_ generator: inout SeededGenerator) throws -> Bool {
    let order = try makeOrder(status: OrderStatus.allCases.filter { !$0.wasCredited }, &generator)
    let payments = try (1...3).map { try makePayment($0, of: order, &generator) }
    var state = SettlementState(
      orders: [order], payments: payments, at: Timestamp(unixSeconds: 0), rule: .forTests)
    var moneyByPayment: [PaymentID: Int] = [:]
    for number in 1...eventsInSequence {
      let payment = try #require(payments.randomElement(using: &generator))
      let event = try makeEvent(number, payment, &generator)
      let outcome = state.settle(
        InboxEvent(id: EventID(Int64(number)), event: event),
        as: PaymentMatch(paymentID: payment.id, orderID: payment.orderID))
      if case .succeeded(let amount) = event.kind, amount == ReportedAmount(payment.facts.amount),
        event.account == account
      {
        moneyByPayment[payment.id, default: 0] += 1
      }
      guard holds(outcome, event, payment) else { return false }
    }
    return holds(state, order, Set(moneyByPayment.keys))
  }

  /// After each event: only full and matching money is credited or a duplicate.
  private static func holds(
    _ outcome: SettlementOutcome, _ event: ProviderEvent, _ payment: Payment
  ) -> Bool {
    switch outcome {
    case .credited, .duplicate:
      guard case .succeeded(let amount) = event.kind else { return false }
      return amount == ReportedAmount(payment.facts.amount) && event.account == account
    case .suspicious, .failed, .closed, .ignored: return true
    case .unmatched, .refund, .refundInPlace, .refundFailedBesideDoubt, .refundAfterFailure,
      .dispute, .confirming:
      return false
    }
  }

  /// At the end: one credit if any payment was paid, a refund for each further one, and an unbroken
  /// history.
  private static func holds(
    _ state: SettlementState, _ order: CoinOrder, _ paid: Set<PaymentID>
  ) -> Bool {
    let coins = state.postings.reduce(0) { $0 + $1.coins }
    guard coins == (paid.isEmpty ? 0 : order.totalCoins),
      state.refunds.count == max(0, paid.count - 1)
    else { return false }
    let finals = Dictionary(
      uniqueKeysWithValues: state.paymentsToWrite.map { ($0.payment.id, $0.payment.facts.status) })
    guard finals.values.filter({ $0 == .succeeded }).count == min(1, paid.count),
      finals.values.filter({ $0 == .duplicate }).count == max(0, paid.count - 1),
      paid.allSatisfy({ finals[$0] == .succeeded || finals[$0] == .duplicate })
    else { return false }
    if let written = state.ordersToWrite.first {
      guard paid.isEmpty || written.status == .paid else { return false }
    } else if !paid.isEmpty {
      return false
    }
    return isUnbroken(state.transitions, order)
  }

  private static func isUnbroken(_ transitions: [Transition], _ order: CoinOrder) -> Bool {
    var orderStatus = order.storedStatus
    var paymentStatus: [PaymentID: PaymentStatus] = [:]
    for transition in transitions {
      switch transition.change {
      case .order(let from, let to):
        guard from == orderStatus, !orderStatus.wasCredited || to == orderStatus else {
          return false
        }
        orderStatus = to
      case .payment(let id, let from, let to):
        guard let from, paymentStatus[id] ?? from == from else { return false }
        // Money that was booked stays booked.
        guard from != .succeeded, from != .duplicate else { return false }
        paymentStatus[id] = to
      }
    }
    return true
  }

  private static func makeOrder(
    status: [OrderStatus], _ generator: inout SeededGenerator
  ) throws -> CoinOrder {
    CoinOrder(
      id: OrderID(1), number: try #require(OrderNumber("COIN_20260102_12345678")),
      userID: UserID(1), packageID: PackageID(1), coins: 100,
      bonusCoins: Bool.random(using: &generator) ? 10 : 0,
      amount: try #require(Money(minorUnits: 990, currency: .usd)), paymentMethod: .stripe,
      storedStatus: try #require(status.randomElement(using: &generator)), createdAt: moment,
      expiresAt: moment, paidAt: nil)
  }

  private static func makePayment(
    _ number: Int, of order: CoinOrder, _ generator: inout SeededGenerator
  ) throws -> Payment {
    let unsettled: [PaymentStatus] = [.starting, .pending, .failed, .closed, .suspicious]
    let status = try #require(unsettled.randomElement(using: &generator))
    return Payment(
      id: PaymentID(Int64(number)), orderID: order.id, attempt: Int64(number),
      outTradeNo: Payment.outTradeNo(order.number, attempt: Int64(number)),
      facts: PaymentFacts(
        provider: .stripe, account: account, amount: order.amount,
        status: status,
        providerTransactionID: Bool.random(using: &generator) ? "pi_\(number)" : nil),
      presentation: nil, startRequest: nil, presentationExpiresAt: nil, createdAt: moment)
  }

  private static func makeEvent(
    _ number: Int, _ payment: Payment, _ generator: inout SeededGenerator
  ) throws -> ProviderEvent {
    let amounts: [Int64] = [990, 990, 990, 989, 0]
    let minorUnits = try #require(amounts.randomElement(using: &generator))
    let kinds: [ProviderEvent.Kind] = [
      .succeeded(
        ReportedAmount(
          minorUnits: minorUnits,
          currencyCode: Int.random(in: 0..<8, using: &generator) == 0 ? "EUR" : "USD")),
      .failed(Cause(.other, "f")), .attemptFailed(Cause(.other, "a")), .closed(Cause(.other, "c")),
      .pending,
    ]
    let isForeign = Int.random(in: 0..<8, using: &generator) == 0
    let kind = try #require(kinds.randomElement(using: &generator))
    return try #require(
      ProviderEvent(
        provider: .stripe, eventKey: "evt_\(number)", source: .notification,
        kind: kind, outTradeNo: payment.outTradeNo,
        providerTransactionID: "pi_\(payment.id)",
        account: isForeign ? ProviderAccount(merchant: "x", isLive: true) : account,
        occurredAt: moment))
  }
}
