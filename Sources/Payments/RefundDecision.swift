import Provider
import Vocabulary

/// What to do about news of a refund.
enum RefundDecision: Hashable {
  /// The refund reached this state. The cause of a failure, or of what keeps it from going on.
  case advance(RefundID, to: RefundStatus, Cause?)
  /// The refund failed here and was made all the same: book it. Those that were to take its place and
  /// were never sent give way to it.
  case revive(RefundID, inPlaceOf: [RefundID])
  /// It was made all the same, and one that was sent in its place has not ended: ask again later.
  case reviveLater(RefundID)
  /// What was booked without its number bears this one.
  case name(RefundID, String)
  /// Said to be made after it had failed. News comes in any order: ask the provider how it is now.
  case doubt(RefundID)
  /// Money was given back that nobody here had asked for. Refunds that were never sent and find no room
  /// beside it give way to it.
  case book(ReportedAmount, inPlaceOf: [RefundID] = [])
  /// Money is on its way back that nobody here had asked for; otherwise the same.
  case bookPending(ReportedAmount, inPlaceOf: [RefundID] = [])
  /// A refund of the console failed before its success was heard of, which may still come: remember it.
  case bookFailure(ReportedAmount)
  /// Something that the news implies is not known yet: settle the news again later.
  case wait
  /// The news contradicts what is stored: change nothing and alarm.
  case hold(Mismatch)
  case ignore(IgnoreReason)
}

extension RefundDecision {
  /// Decides from facts alone.
  ///
  /// - Parameters:
  ///   - refunds: all refunds of the payment that are known.
  ///   - receivedAt: when the news came; nil when nothing depends on it.
  ///   - found: amounts of refunds, by number, that turned out to be parts of what totals told of.
  static func of(
    payment: PaymentFacts, refunds: [Refund], event: ProviderEvent, news: RefundNews,
    receivedAt: Timestamp? = nil, partsFound found: [String: Int64] = [:]
  ) -> RefundDecision {
    if let mismatch = Decision.identityMismatch(payment, event) { return .hold(mismatch) }
    if let amount = news.amount?.reported, amount.currencyCode != payment.amount.currency.code {
      return .hold(.currency)
    }
    guard let known = refunds.first(where: { $0.isMeant(by: news) }) else {
      return foreign(payment, refunds, news, receivedAt, found)
    }
    if case .ofRefund(let amount) = news.amount, amount.minorUnits != known.amount.minorUnits {
      return .hold(.amount)
    }
    if news.status == .succeeded, known.status == .failed {
      return madeAfterFailure(known, payment, refunds, event)
    }
    return advance(known, news)
  }

  /// A bank can take a success back, so that the news may be older than the failure; the provider's own
  /// answer is not.
  private static func madeAfterFailure(
    _ refund: Refund, _ payment: PaymentFacts, _ refunds: [Refund], _ event: ProviderEvent
  ) -> RefundDecision {
    guard event.source == .query else { return .doubt(refund.id) }
    // A total may have told of it before, so that it is booked without its number.
    let mayBeBooked = refunds.contains {
      $0.isUnnumbered && $0.status == .succeeded && $0.amount == refund.amount
    }
    if mayBeBooked { return .hold(.amount) }
    var left = payment.amount.minorUnits - refund.amount.minorUnits
    for other in refunds where other.status == .succeeded { left -= other.amount.minorUnits }
    guard left >= 0 else { return .hold(.amount) }
    let open = refunds.filter(\.status.isOpen)
    for other in open where !other.isUnsent { left -= other.amount.minorUnits }
    guard left >= 0 else { return .reviveLater(refund.id) }
    return .revive(refund.id, inPlaceOf: withoutRoom(open, left))
  }

  /// Which refunds that were never sent find no room in what is left to give back, in minor units: the
  /// older ones keep theirs.
  private static func withoutRoom(_ refunds: [Refund], _ left: Int64) -> [RefundID] {
    var left = left
    var ended: [RefundID] = []
    for refund in refunds where refund.isUnsent {
      if refund.amount.minorUnits <= left {
        left -= refund.amount.minorUnits
      } else {
        ended.append(refund.id)
      }
    }
    return ended
  }

  private static func advance(_ refund: Refund, _ news: RefundNews) -> RefundDecision {
    switch (news.status, refund.status) {
    case (.failed, .failed): .ignore(.alreadySettled)
    case (_, .failed): .ignore(.alreadyFinal)
    case (.pending, .requested): .advance(refund.id, to: .pending, news.cause)
    case (.pending, .pending) where news.cause != nil && news.cause?.description != refund.cause:
      .advance(refund.id, to: .pending, news.cause)
    case (.pending, _): .ignore(.stillPending)
    case (.succeeded, .succeeded): .ignore(.alreadySettled)
    case (.succeeded, _): .advance(refund.id, to: .succeeded, nil)
    case (.failed, _): .advance(refund.id, to: .failed, news.cause ?? Cause(.other))
    }
  }

  /// A refund that was begun in the provider's own console.
  private static func foreign(
    _ payment: PaymentFacts, _ refunds: [Refund], _ news: RefundNews, _ receivedAt: Timestamp?,
    _ found: [String: Int64]
  ) -> RefundDecision {
    if news.status == .failed { return failedUnheard(payment, news) }
    guard news.status == .succeeded || isOnItsWay(payment, news), let amount = news.amount else {
      return .ignore(.noted)
    }
    // What was given back was paid: its success is still to be heard of.
    guard payment.isPaid else { return .wait }
    // What was never sent is part of nothing that a provider tells of.
    let sent = refunds.filter { $0.status != .failed && !$0.isUnsent }
    let booked = sent.reduce(Int64(0)) { $0 + $1.amount.minorUnits }
    let minorUnits: Int64
    switch amount {
    case .ofRefund(let reported):
      minorUnits = reported.minorUnits
      if let known = toldByTotals(minorUnits, news, refunds, found) { return known }
    case .ofPaymentSoFar(let total):
      minorUnits = total.minorUnits - booked
      // Whether a refund of ours that is under way is part of the total shows when it has ended.
      if minorUnits > 0, sent.contains(where: \.status.isOpen) { return .wait }
      // So may be one that failed here: the provider says whether it was made.
      if let receivedAt, minorUnits > 0,
        refunds.contains(where: { $0.isInDoubt(since: receivedAt) })
      {
        return .wait
      }
      // A refund that bears a number of its own cannot be part of those that are known.
      let hidesOne = minorUnits <= 0 && news.outRequestNo != nil
      if hidesOne, !refunds.contains(where: \.isUnnumbered) { return .hold(.amount) }
    }
    guard minorUnits > 0 else { return .ignore(.alreadySettled) }
    let left = payment.amount.minorUnits - booked - minorUnits
    guard left >= 0 else {
      // A refund that is under way has lost against it, or a bank has taken back one that was made: the
      // failure that is still to be heard of makes room. None makes room for more than was paid.
      return amount.reported.minorUnits <= payment.amount.minorUnits ? .wait : .hold(.amount)
    }
    let amountBack = ReportedAmount(
      minorUnits: minorUnits, currencyCode: payment.amount.currency.code)
    let ended = withoutRoom(refunds, left)
    return news.status == .pending
      ? .bookPending(amountBack, inPlaceOf: ended) : .book(amountBack, inPlaceOf: ended)
  }

  /// What to do about a refund that totals told of before, without its number; nil for one that they did
  /// not tell of. One total may have told of several.
  private static func toldByTotals(
    _ minorUnits: Int64, _ news: RefundNews, _ refunds: [Refund], _ found: [String: Int64]
  ) -> RefundDecision? {
    let told = refunds.filter { $0.isUnnumbered && $0.status != .failed }
    guard let number = news.number else {
      return told.contains { $0.amount.minorUnits == minorUnits } ? .ignore(.alreadySettled) : nil
    }
    if found[number] != nil { return .ignore(.alreadySettled) }
    let left = told.reduce(Int64(0)) { $0 + $1.amount.minorUnits } - found.values.reduce(0, +)
    guard minorUnits <= left else { return nil }
    return told.first { $0.amount.minorUnits == minorUnits }.map { .name($0.id, number) }
      ?? .ignore(.alreadySettled)
  }

  /// A refund of the console that failed, of which nothing was heard before. Its success may be waiting
  /// or still come.
  private static func failedUnheard(_ payment: PaymentFacts, _ news: RefundNews) -> RefundDecision {
    guard news.number != nil else { return .ignore(.noted) }
    guard payment.isPaid else { return .wait }
    guard case .ofRefund(let amount) = news.amount, amount.minorUnits > 0 else {
      return .ignore(.noted)
    }
    return .bookFailure(amount)
  }

  /// A refund of the console that can be asked for by its number until it has ended.
  private static func isOnItsWay(_ payment: PaymentFacts, _ news: RefundNews) -> Bool {
    guard news.status == .pending, payment.isPaid, news.outRequestNo != nil,
      case .ofRefund = news.amount
    else { return false }
    return true
  }
}

extension Refund {
  /// The provider's number tells refunds apart where ours is not named.
  func isMeant(by news: RefundNews) -> Bool {
    if let number = news.outRequestNo {
      return number == outRequestNo || (isForeign && number == providerRefundID)
    }
    guard let id = news.providerRefundID else { return false }
    return id == providerRefundID
  }
}

extension RefundNews {
  /// By which it is told apart from others: ours where it names one, or the provider's.
  var number: String? { outRequestNo ?? providerRefundID }
}

extension OrderStatus {
  /// The state of an order that was paid, from what became of its money since.
  static func afterPayment(
    paid: Money, refunds: [Refund], hasOpenDispute: Bool
  ) -> OrderStatus {
    if hasOpenDispute { return .disputed }
    if refunds.contains(where: { $0.status.isOpen }) { return .refunding }
    let refunded = refunds.filter { $0.status == .succeeded }.reduce(Int64(0)) {
      $0 + $1.amount.minorUnits
    }
    if refunded == 0 { return .paid }
    return refunded < paid.minorUnits ? .partiallyRefunded : .refunded
  }
}
