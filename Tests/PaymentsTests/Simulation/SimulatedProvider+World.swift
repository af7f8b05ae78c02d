import Provider
import Synchronization
import Vocabulary

/// What buyers, banks and the provider's console do, and the notifications that come of it.
extension SimulatedProvider {
  /// A buyer pays some open trade.
  func payOne() {
    state.withLock { state in
      guard var trade = pick(&state, \.numbers, where: { $0.state == .open }) else { return }
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
          &state, \.refundedNumbers,
          where: { $0.refunds.values.contains { $0.status != .failed } }),
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
      if status == .failed {
        tally.count(refund.status == .pending ? .failedRefund : .lateFailedRefund)
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
      guard
        var trade = pick(
          &state, \.numbers, where: { $0.state == .paid && $0.refunds.isEmpty }),
        let amount = Money(
          minorUnits: Int64.random(in: 1...trade.amount.minorUnits, using: &state.generator),
          currency: trade.amount.currency)
      else { return }
      let number = "C\(trade.outTradeNo)"
      trade.refunds[number] = RefundState(amount: amount, status: .succeeded)
      state.refundedNumbers.append(trade.outTradeNo)
      tally.count(.consoleRefund)
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
      guard
        var trade = pick(
          &state, \.numbers, where: { $0.state == .paid && [nil, .opened].contains($0.dispute) })
      else { return }
      let next: DisputeNews.Status
      switch trade.dispute {
      case nil: next = .opened
      case .opened: next = Bool.random(using: &state.generator) ? .won : .lost
      default: return
      }
      tally.count(next == .opened ? .disputeOpened : next == .won ? .disputeWon : .disputeLost)
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

  /// Some of the notifications that are on their way, in any order. They stay on their way until they
  /// are acknowledged.
  func deliveries(all: Bool = false) -> [News] {
    state.withLock { state in
      let taken = state.news.shuffled(using: &state.generator).filter { _ in
        all || Int.random(in: 0..<100, using: &state.generator) < 40
      }
      for news in taken { note(news, &state) }
      return taken
    }
  }

  /// Sends a notification no more, except now and then.
  func acknowledged(_ news: News) {
    state.withLock { state in
      let mayRepeat = state.troublePercent > 0
      if mayRepeat, Int.random(in: 0..<100, using: &state.generator) < 20 {
        tally.count(.repeatedNews)
      } else {
        state.news.removeAll { $0.count == news.count }
      }
    }
  }

  private func note(_ news: News, _ state: inout State) {
    if news.event.occurredAt.adding(seconds: Self.delaySeconds) < clock.now() {
      tally.count(.delayedNews)
    }
    if news.count < state.newestDelivered { tally.count(.reorderedNews) }
    state.newestDelivered = max(state.newestDelivered, news.count)
  }

  /// What is this late counts as delayed.
  private static let delaySeconds: Int64 = 60

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

  /// A trade from a list that fulfils a condition, mostly a recent one; nil when a few tries find none.
  private func pick(
    _ state: inout State, _ list: KeyPath<State, [String]>, where condition: (Trade) -> Bool
  ) -> Trade? {
    let count = state[keyPath: list].count
    guard count > 0 else { return nil }
    for _ in 0..<Self.triesMax {
      let isRecent = Int.random(in: 0..<5, using: &state.generator) > 0
      let first = isRecent ? max(0, count - Self.recentTrades) : 0
      let number = state[keyPath: list][Int.random(in: first..<count, using: &state.generator)]
      if let trade = state.trades[number], condition(trade) { return trade }
    }
    return nil
  }

  private static let triesMax = 24
  private static let recentTrades = 40

  private func announce(
    _ trade: Trade, _ kind: ProviderEvent.Kind, _ state: inout State, mayBeLost: Bool = true
  ) {
    state.newsCount += 1
    guard !mayBeLost || Int.random(in: 0..<100, using: &state.generator) >= 25 else {
      tally.count(.lostNews)
      return
    }
    let event = event(trade, kind, key: "notify:\(method):\(state.newsCount)", .notification)
    if let event { state.news.append(News(count: state.newsCount, event: event)) }
  }
}
