import Provider
import Synchronization
import Vocabulary

/// What buyers, banks and the provider's console do, and the notifications that come of it.
extension SimulatedProvider {
  /// A buyer pays some open trade.
  func payOne() {
    state.withLock { state in
      guard var trade = pick(&state, where: { $0.state == .open }) else { return }
      trade.state = .paid
      state.trades[trade.outTradeNo] = trade
      announce(trade, .succeeded(ReportedAmount(trade.amount)), &state)
    }
  }

  /// A bank decides about some refund: mostly well, sometimes not, and rarely it takes a success back.
  func decideRefund() {
    state.withLock { state in
      guard
        var trade = pick(
          &state, where: { $0.refunds.values.contains { $0.status != .failed } }),
        let (number, refund) = trade.refunds.filter({ $0.value.status != .failed })
          .min(by: { $0.key < $1.key })
      else { return }
      let roll = Int.random(in: 0..<100, using: &state.generator)
      let status: RefundNews.Status
      switch refund.status {
      case .pending: status = roll < 85 ? .succeeded : .failed
      case .succeeded where roll < 3: status = .failed
      case .succeeded, .failed: return
      }
      trade.refunds[number]?.status = status
      state.trades[trade.outTradeNo] = trade
      announce(
        trade,
        .refund(
          RefundNews(
            status: status, outRequestNo: number, providerRefundID: nil,
            amount: .ofRefund(ReportedAmount(refund.amount)), cause: Cause(.other))), &state,
        // Nobody asks about a refund that has succeeded: its end is told or found in the books.
        mayBeLost: refund.status == .pending)
    }
  }

  /// Somebody gives money back in the provider's console.
  func refundInConsole() {
    state.withLock { state in
      guard var trade = pick(&state, where: { $0.state == .paid && $0.refunds.isEmpty }),
        let amount = Money(
          minorUnits: Int64.random(in: 1...trade.amount.minorUnits, using: &state.generator),
          currency: trade.amount.currency)
      else { return }
      let number = "C\(trade.outTradeNo)"
      trade.refunds[number] = RefundState(amount: amount, status: .succeeded)
      state.trades[trade.outTradeNo] = trade
      let news = ProviderEvent.Kind.refund(
        RefundNews(
          status: .succeeded, outRequestNo: number, providerRefundID: nil,
          amount: .ofRefund(ReportedAmount(amount))))
      // The console's news is the only source of such a refund: it is never lost here.
      announce(trade, news, &state, mayBeLost: false)
    }
  }

  /// A buyer disputes a payment, or the bank decides about a dispute.
  func moveDispute() {
    state.withLock { state in
      guard var trade = pick(&state, where: { $0.state == .paid && $0.dispute != .lost }) else {
        return
      }
      let next: DisputeNews.Status
      switch trade.dispute {
      case nil: next = .opened
      case .opened: next = Bool.random(using: &state.generator) ? .won : .lost
      default: return
      }
      trade.dispute = next
      state.trades[trade.outTradeNo] = trade
      announce(
        trade,
        .dispute(
          DisputeNews(
            status: next, disputeID: "D\(trade.outTradeNo)",
            amount: ReportedAmount(trade.amount), respondBy: nil, reason: Cause(.suspectedFraud))),
        &state, mayBeLost: false)
    }
  }

  /// Takes some of the notifications that are on their way, in any order, some of them twice.
  func deliveries(all: Bool = false) -> [ProviderEvent] {
    state.withLock { state in
      var taken: [ProviderEvent] = []
      for event in state.events.shuffled(using: &state.generator) {
        guard all || Int.random(in: 0..<100, using: &state.generator) < 40 else { continue }
        taken.append(event)
        let isRepeated = Int.random(in: 0..<100, using: &state.generator) < 20
        if !isRepeated || all { state.events.removeAll { $0 == event } }
      }
      return taken
    }
  }

  /// From now on every call ends well, and what banks have not decided they decide.
  func calmDown() {
    state.withLock { state in
      state.troublePercent = 0
      for (key, trade) in state.trades {
        for (number, refund) in trade.refunds where refund.status == .pending {
          state.trades[key]?.refunds[number]?.status = .succeeded
        }
      }
    }
  }

  private func pick(_ state: inout State, where condition: (Trade) -> Bool) -> Trade? {
    let keys = state.trades.values.filter(condition).map(\.outTradeNo).sorted()
    return keys.randomElement(using: &state.generator).flatMap { state.trades[$0] }
  }

  private func announce(
    _ trade: Trade, _ kind: ProviderEvent.Kind, _ state: inout State, mayBeLost: Bool = true
  ) {
    state.eventCount += 1
    let isLost = mayBeLost && Int.random(in: 0..<100, using: &state.generator) < 25
    guard !isLost,
      let event = event(
        trade, kind, key: "notify:\(method):\(state.eventCount)", .notification)
    else { return }
    state.events.append(event)
  }
}
