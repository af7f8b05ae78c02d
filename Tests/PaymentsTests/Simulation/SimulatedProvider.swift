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
    var dispute: DisputeNews.Status?

    var transactionID: String { "T\(outTradeNo)" }

    var refunded: Int64 {
      refunds.values.filter { $0.status == .succeeded }.reduce(0) { $0 + $1.amount.minorUnits }
    }
  }

  struct RefundState {
    let amount: Money
    var status: RefundNews.Status
  }

  struct State: Sendable {
    var generator: SeededGenerator
    var trades: [String: Trade] = [:]
    var events: [ProviderEvent] = []
    var eventCount = 0
    /// Chance in percent that a call does not end well.
    var troublePercent = 15
  }

  let method: PaymentMethod
  let currency: Currency
  private let clock: WallClock
  let state: Mutex<State>

  init(_ method: PaymentMethod, _ currency: Currency, seed: UInt64, clock: WallClock) {
    self.method = method
    self.currency = currency
    self.clock = clock
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

  private static func luck(_ state: inout State) -> Luck {
    let roll = Int.random(in: 0..<100, using: &state.generator)
    if roll < state.troublePercent / 2 { return .nothing }
    return roll < state.troublePercent ? .answerLost : .good
  }

  private static let unknown = Cause(.unavailable, "simulated")

  func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  func start(_ payment: PaymentRequest) -> StartOutcome {
    state.withLock { state in
      let luck = Self.luck(&state)
      if luck == .nothing { return .unknown(Self.unknown) }
      let known = state.trades[payment.outTradeNo]
      if known == nil {
        state.trades[payment.outTradeNo] = Trade(
          outTradeNo: payment.outTradeNo, amount: payment.amount)
      }
      if luck == .answerLost { return .unknown(Self.unknown) }
      return .started(
        StartedPayment(providerTransactionID: nil, presentation: .qrCode(text: payment.outTradeNo)))
    }
  }

  func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    state.withLock { state in
      guard Self.luck(&state) == .good else { return .unknown(Self.unknown) }
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
    state.withLock { state in
      let luck = Self.luck(&state)
      if luck == .nothing { return .unknown(Self.unknown) }
      guard let trade = state.trades[payment.outTradeNo] else { return .notFound }
      guard trade.state != .paid else { return .refused(Cause(.conflict)) }
      state.trades[payment.outTradeNo]?.state = .closed
      return luck == .answerLost ? .unknown(Self.unknown) : .closed
    }
  }

  func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    state.withLock { state in
      let luck = Self.luck(&state)
      guard luck != .nothing, var trade = state.trades[refund.payment.outTradeNo],
        trade.state == .paid
      else { return .unknown(Self.unknown) }
      let known = trade.refunds[refund.outRequestNo]
      let open = trade.refunds.values.filter { $0.status != .failed }.reduce(Int64(0)) {
        $0 + $1.amount.minorUnits
      }
      if known == nil {
        guard open + refund.amount.minorUnits <= trade.amount.minorUnits else {
          return .failed(Cause(.conflict, "over-refund"))
        }
        trade.refunds[refund.outRequestNo] = RefundState(amount: refund.amount, status: .pending)
        state.trades[trade.outTradeNo] = trade
      }
      if luck == .answerLost { return .unknown(Self.unknown) }
      return outcome(known ?? RefundState(amount: refund.amount, status: .pending))
    }
  }

  func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    state.withLock { state in
      guard Self.luck(&state) == .good else { return .unknown(Self.unknown) }
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
    _ trade: Trade, _ kind: ProviderEvent.Kind, key: String, _ source: ProviderEvent.Source
  ) -> ProviderEvent? {
    ProviderEvent(
      provider: method, eventKey: key, source: source, kind: kind, outTradeNo: trade.outTradeNo,
      providerTransactionID: trade.transactionID, account: account, occurredAt: clock.now())
  }

  func verify(_ notification: Notification) -> VerificationOutcome { .refused(.notSigned) }
  func acknowledgement(_ acknowledgement: Acknowledgement) -> Response { .empty(.ok) }
  var bookZone: TimeZoneOffset { .beijing }
  func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome { .empty }
  func check(now: Timestamp) -> [CheckFinding] { [] }
}
