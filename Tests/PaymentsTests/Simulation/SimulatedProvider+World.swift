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
          .sorted(by: { $0.key < $1.key }).randomElement(using: &state.generator)
      else { return }
      let roll = Int.random(in: 0..<100, using: &state.generator)
      let status: RefundNews.Status
      switch refund.status {
      case .pending: status = roll < 75 ? .succeeded : .failed
      case .succeeded where roll < 3: status = .failed
      case .succeeded, .failed: return
      }
      if status == .failed {
        tally.count(refund.status == .pending ? .failedRefund : .lateFailedRefund)
        let isFollowed = trade.refunds.contains { $0.key > number && $0.value.status != .failed }
        if isFollowed { tally.count(.middleFailedRefund) }
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
      // Whoever works there counts the refunds of each trade from 1.
      let number = "1"
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

  /// A buyer disputes a payment or a part of it, or the bank decides about a dispute, or changes its
  /// mind.
  func moveDispute() {
    state.withLock { state in
      let roll = Int.random(in: 0..<100, using: &state.generator)
      let isKnown = roll < 75 && Bool.random(using: &state.generator)
      let list = isKnown ? \State.disputedNumbers : \State.numbers
      guard var trade = pick(&state, list, where: { $0.state == .paid }) else { return }
      let known = trade.disputes.sorted { $0.key < $1.key }
        .randomElement(using: &state.generator)
      if let known, roll < 75 {
        guard let next = next(known.value.status, roll) else { return }
        trade.disputes[known.key]?.status = next
        announce(&trade, dispute: known.key, &state)
      } else if trade.disputes.count < Self.disputesMax {
        let number = "D\(trade.outTradeNo)_\(trade.disputes.count)"
        trade.disputes[number] = DisputeState(
          amount: disputedAmount(trade, &state), status: .opened)
        tally.count(.disputeOpened)
        if trade.disputes.count > 1 { tally.count(.severalDisputes) }
        if trade.disputes.count == 1 { state.disputedNumbers.append(trade.outTradeNo) }
        announce(&trade, dispute: number, &state)
      }
    }
  }

  private static let disputesMax = 3

  /// How a bank goes on with a dispute.
  private func next(_ status: DisputeNews.Status, _ roll: Int) -> DisputeNews.Status? {
    let next: DisputeNews.Status?
    switch status {
    case .opened: next = roll.isMultiple(of: 2) ? .won : .lost
    case .lost: next = roll < 35 ? .won : nil
    case .won: next = roll < 20 ? .opened : roll < 40 ? .lost : nil
    case .inquiry: next = nil
    }
    if next == .won { tally.count(.disputeWon) }
    if next == .lost { tally.count(.disputeLost) }
    if next != nil, status != .opened { tally.count(.disputeChanged) }
    return next
  }

  /// All of it, a part, or more than was paid.
  private func disputedAmount(_ trade: Trade, _ state: inout State) -> Int64 {
    let paid = trade.amount.minorUnits
    switch Int.random(in: 0..<10, using: &state.generator) {
    case 0..<3: return paid
    case 3: return paid + 100
    default:
      tally.count(.partialDispute)
      return Int64.random(in: 1...paid, using: &state.generator)
    }
  }

  private func announce(_ trade: inout Trade, dispute number: String, _ state: inout State) {
    guard let dispute = trade.disputes[number] else { return }
    state.trades[trade.outTradeNo] = trade
    announce(
      trade,
      .dispute(
        DisputeNews(
          status: dispute.status, disputeID: number,
          amount: ReportedAmount(
            minorUnits: dispute.amount, currencyCode: trade.amount.currency.code),
          respondBy: nil, reason: Cause(.suspectedFraud))), &state, mayBeLost: false)
  }

  /// Some of the notifications that are on their way, in any order. They stay on their way until they
  /// are acknowledged.
  func deliveries(all: Bool = false) -> [Delivery] {
    state.withLock { state in
      let taken = state.news.shuffled(using: &state.generator).filter { _ in
        all || Int.random(in: 0..<100, using: &state.generator) < 40
      }
      for news in taken { note(news, &state) }
      return taken
    }
  }

  /// Sends a notification no more, except now and then.
  func acknowledged(_ news: Delivery) {
    state.withLock { state in
      let mayRepeat = state.troublePercent > 0
      if mayRepeat, Int.random(in: 0..<100, using: &state.generator) < 20 {
        tally.count(.repeatedNews)
      } else {
        state.news.removeAll { $0.count == news.count }
      }
    }
  }

  private func note(_ news: Delivery, _ state: inout State) {
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
    state.moment = max(clock.now(), state.moment.adding(seconds: 1))
    let event = event(
      trade, kind, key: "notify:\(method):\(state.newsCount)", .notification, at: state.moment)
    if let event { state.news.append(Delivery(count: state.newsCount, event: event)) }
  }
}
