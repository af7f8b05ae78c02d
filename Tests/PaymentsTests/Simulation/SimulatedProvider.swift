import HTTP
import HTTPTypes
import Kit
import Provider
import Synchronization
import Vocabulary

/// A provider that keeps books of its own and is as unreliable as a seed makes it: answers get lost
/// after they took effect, calls fail, notifications are lost, late, repeated and out of order.
final class SimulatedProvider: PaymentProvider {
  enum TradeState: Hashable {
    case open
    case paid
    case closed
  }

  struct Trade {
    let outTradeNo: String
    let amount: Money
    var state = TradeState.open
    /// By our numbers, those that the console made included.
    var refunds: [String: RefundState] = [:]
    /// By the bank's numbers.
    var disputes: [String: DisputeState] = [:]

    var transactionID: String { "T\(outTradeNo)" }

    var refunded: Int64 {
      refunds.values.filter { $0.status == .succeeded }.reduce(0) { $0 + $1.amount.minorUnits }
    }
  }

  struct DisputeState {
    /// Minor units; a bank may name more than was paid.
    let amount: Int64
    var status: DisputeNews.Status

    /// Whether its money is gone.
    var isStanding: Bool { status == .opened || status == .lost }
  }

  struct RefundState {
    let amount: Money
    var status: RefundNews.Status
  }

  /// A notification, counted in the order in which the provider sent them.
  struct Delivery: Sendable {
    let count: Int
    let event: ProviderEvent
  }

  struct State: Sendable {
    var generator: SeededGenerator
    var trades: [String: Trade] = [:]
    /// The numbers of all trades, oldest first, and of those with refunds.
    var numbers: [String] = []
    var refundedNumbers: [String] = []
    var disputedNumbers: [String] = []
    /// What is on its way to us.
    var news: [Delivery] = []
    var newsCount = 0
    var newestDelivered = 0
    /// The provider's own clock, which only goes forward.
    var moment = Timestamp(unixSeconds: 0)
    /// Chance in percent that a call does not end well.
    var troublePercent = 15
  }

  let method: PaymentMethod
  let currency: Currency
  let clock: WallClock
  let tally: Tally
  private let fate: Fate
  let state: Mutex<State>

  init(
    _ method: PaymentMethod, _ currency: Currency, seed: UInt64, clock: WallClock, fate: Fate,
    tally: Tally
  ) {
    self.method = method
    self.currency = currency
    self.clock = clock
    self.fate = fate
    self.tally = tally
    state = Mutex(State(generator: SeededGenerator(seed: seed)))
  }

  var account: ProviderAccount { ProviderAccount(merchant: "simulated", isLive: false) }
  var isAvailable: Bool { true }
  var closeableAfterSeconds: Int64 { method == .wechat ? 300 : 0 }

  /// What becomes of a call: nothing happens, it happens but the answer is lost, or all is well.
  private enum Luck {
    case nothing
    case answerLost
    case good
  }

  private func luck(_ state: inout State) -> Luck {
    let roll = Int.random(in: 0..<100, using: &state.generator)
    guard roll < state.troublePercent else { return .good }
    let luck = roll < state.troublePercent / 2 ? Luck.nothing : .answerLost
    tally.count(luck == .nothing ? .failedCall : .lostAnswer)
    return luck
  }

  /// Carries a call out, unless our software dies before; when it dies after, nobody hears the answer.
  private func call<Answer>(_ unknown: Answer, _ body: (inout State) -> Answer) -> Answer {
    guard fate.step() else { return unknown }
    let answer = state.withLock { body(&$0) }
    return fate.step() ? answer : unknown
  }

  private static let unknown = Cause(.unavailable, "simulated")

  func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    StartRequest(call: "start", returnURL: payment.returnURL, content: [])
  }

  func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    call(.unknown(Self.unknown)) { state in
      let luck = luck(&state)
      if luck == .nothing { return .unknown(Self.unknown) }
      let known = state.trades[payment.outTradeNo]
      if known == nil {
        state.trades[payment.outTradeNo] = Trade(
          outTradeNo: payment.outTradeNo, amount: payment.amount)
        state.numbers.append(payment.outTradeNo)
      }
      if luck == .answerLost { return .unknown(Self.unknown) }
      return .started(
        StartedPayment(providerTransactionID: nil, presentation: .qrCode(text: payment.outTradeNo)))
    }
  }

  func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    call(.unknown(Self.unknown)) { state in
      guard luck(&state) == .good else { return .unknown(Self.unknown) }
      guard let trade = state.trades[payment.outTradeNo] else { return .notFound }
      let kind: ProviderEvent.Kind =
        switch trade.state {
        case .open: .pending
        case .paid: .succeeded(ReportedAmount(trade.amount))
        case .closed: .closed(Cause(.expired))
        }
      let event = event(trade, kind, key: "query:\(trade.outTradeNo):\(trade.state)", .query)
      return event.map { .event($0) } ?? .unknown(Self.unknown)
    }
  }

  func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    call(.unknown(Self.unknown)) { state in
      let luck = luck(&state)
      if luck == .nothing { return .unknown(Self.unknown) }
      guard let trade = state.trades[payment.outTradeNo] else { return .notFound }
      guard trade.state != .paid else { return .refused(Cause(.conflict)) }
      state.trades[payment.outTradeNo]?.state = .closed
      return luck == .answerLost ? .unknown(Self.unknown) : .closed
    }
  }

  func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    call(.unknown(Self.unknown)) { state in
      let luck = luck(&state)
      guard luck != .nothing, var trade = state.trades[refund.payment.outTradeNo],
        trade.state == .paid
      else { return .unknown(Self.unknown) }
      let known = trade.refunds[refund.outRequestNo]
      let open = trade.refunds.values.filter { $0.status != .failed }.reduce(Int64(0)) {
        $0 + $1.amount.minorUnits
      }
      if known == nil {
        guard open + refund.amount.minorUnits <= trade.amount.minorUnits else {
          return .refused(Cause(.conflict, "over-refund"))
        }
        if trade.refunds.isEmpty { state.refundedNumbers.append(trade.outTradeNo) }
        trade.refunds[refund.outRequestNo] = RefundState(amount: refund.amount, status: .pending)
        state.trades[trade.outTradeNo] = trade
      }
      if luck == .answerLost { return .unknown(Self.unknown) }
      return outcome(known ?? RefundState(amount: refund.amount, status: .pending))
    }
  }

  func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    call(.unknown(Self.unknown)) { state in
      guard luck(&state) == .good else { return .unknown(Self.unknown) }
      let known = state.trades[refund.payment.outTradeNo]?.refunds[refund.outRequestNo]
      return known.map(outcome) ?? .notFound
    }
  }

  private func outcome(_ refund: RefundState) -> RefundOutcome {
    let facts = RefundFacts(providerRefundID: nil, amount: ReportedAmount(refund.amount))
    return switch refund.status {
    case .succeeded: .succeeded(facts)
    case .pending: .pending(facts)
    case .failed: .failed(Cause(.instrumentUnusable, "simulated"))
    }
  }

  func event(
    _ trade: Trade, _ kind: ProviderEvent.Kind, key: String, _ source: ProviderEvent.Source,
    at moment: Timestamp? = nil
  ) -> ProviderEvent? {
    ProviderEvent(
      provider: method, eventKey: key, source: source, kind: kind, outTradeNo: trade.outTradeNo,
      providerTransactionID: trade.transactionID, account: account,
      occurredAt: moment ?? clock.now())
  }

  typealias Notice = Never
  typealias News = Never

  func authenticate(_ notification: Notification) throws(NotificationFault) -> Never {
    throw .refused(.notSigned)
  }
  func acknowledgement(_ acknowledgement: Acknowledgement) -> Response { .empty(.ok) }
  var bookZone: TimeZoneOffset { .beijing }
  func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome { .empty }
  func check(now: Timestamp) -> [CheckFinding] { [] }
}
