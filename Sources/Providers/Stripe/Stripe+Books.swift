public import Provider
public import Vocabulary

extension StripeProvider {
  /// Lines asked for at once, the most that Stripe gives.
  private static let pageLinesMax = 100
  /// A page that is too large to be read is asked for again with so many times fewer lines: a dispute
  /// shows all its evidence, up to 150,000 characters.
  private static let pageShrinking = 4

  public var bookZone: TimeZoneOffset { .utc }

  private enum PageOutcome {
    case page(StripeWire.List<StripeBookLine>)
    case unknown(Cause)
  }

  private enum LineOutcome {
    case line(BookLine)
    case irrelevant
    /// Its amount or time is none.
    case unreadable
    case unknown(Cause)
  }

  /// Lists the balance transactions of a day of UTC with what they are about, a page at a time.
  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    guard now >= day.end(in: bookZone) else { return .notReady }
    var all = BillLines()
    var last: String?
    var linesMax = StripeProvider.pageLinesMax
    while true {
      switch page(of: day, after: last, linesMax) {
      case .unknown(StripeProvider.tooLarge) where linesMax > 1:
        linesMax = max(1, linesMax / StripeProvider.pageShrinking)
      case .unknown(let cause): return .unknown(cause)
      case .page(let page):
        do {
          for item in page.data {
            if let cause = try take(item, into: &all, receive) { return .unknown(cause) }
          }
          try all.finish(receive)
        } catch {
          return .unknown(Cause(.other, "the books are not readable, or not to be read on"))
        }
        guard page.hasMore == true else {
          return all.count == 0 && all.unreadable.isEmpty ? .empty : all.outcome
        }
        guard let end = page.data.last?.id, end != last else {
          return .unknown(Cause(.unavailable, "the books go on without a line to go on from"))
        }
        last = end
      }
    }
  }

  /// - Returns: why Stripe could not tell what a line is about.
  private func take(
    _ item: StripeBookLine, into all: inout BillLines,
    _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) throws -> Cause? {
    let read = line(item)
    if case .unknown(let cause) = read { return cause }
    try all.take(
      { () throws(BillProblem) in
        switch read {
        case .line(let line): return line
        case .irrelevant, .unknown: return nil
        case .unreadable: throw .line
        }
      }, receive)
    return nil
  }

  private func page(
    of day: BookDay, after last: String?, _ linesMax: Int
  ) -> PageOutcome {
    var query = [
      ("created[gte]", String(day.start(in: bookZone).unixSeconds)),
      ("created[lt]", String(day.end(in: bookZone).unixSeconds)),
      ("limit", String(linesMax)), ("expand[]", "data.source"),
    ]
    if let last { query.append(("starting_after", last)) }
    switch get("/v1/balance_transactions", query) {
    case .success(let body):
      let page = StripeWire.decode(StripeWire.List<StripeBookLine>.self, body)
      return page.map { .page($0) }
        ?? .unknown(Cause(.unavailable, "the answer is not a list of balance transactions"))
    case .notFound: return .unknown(Cause(.unavailable, "HTTP 404"))
    case .refused(let cause), .forbidden(let cause), .notSent(let cause), .unknown(let cause):
      return .unknown(cause)
    }
  }

  private func line(_ item: StripeBookLine) -> LineOutcome {
    guard let (kind, status) = item.meaning else { return .irrelevant }
    guard let source = item.source else {
      return .unknown(Cause(.unavailable, "\(item.id) does not show what it is about"))
    }
    guard let moment = Timestamp(reportedUnixSeconds: item.created), source.amount > 0
    else { return .unreadable }
    let number: String?
    let outTradeNo: String?
    switch bookOwner(source, kind) {
    case .payment(let storedNumber, let ours): (number, outTradeNo) = (storedNumber, ours)
    case .unknown(let cause): return .unknown(cause)
    }
    let isRefund = kind == .refund
    let hasOwnNumber = kind != .payment
    return .line(
      BookLine(
        kind: kind, status: status, outTradeNo: outTradeNo, providerTransactionID: number,
        outRequestNo: isRefund ? source.metadata?[StripeProvider.outRequestNoKey] : nil,
        providerRefundID: hasOwnNumber ? source.id : nil,
        amount: ReportedAmount(minorUnits: source.amount, currencyCode: source.currency),
        occurredAt: moment))
  }

  private enum BookOwner {
    case payment(number: String?, outTradeNo: String?)
    case unknown(Cause)
  }

  /// Whose line it is. Metadata of ours says enough, and a charge without it is another software's:
  /// asking about each would take long. Refunds made by hand and disputes are few.
  private func bookOwner(_ source: StripeBookLine.Source, _ kind: BookLine.Kind) -> BookOwner {
    guard let intent = source.paymentIntent?.id else {
      return .payment(number: source.id, outTradeNo: nil)
    }
    if let outTradeNo = source.metadata?[StripeProvider.outTradeNoKey] {
      let isSession = source.metadata?[StripeProvider.checkoutKey] == StripeWire.sessionMark
      return .payment(number: isSession ? nil : intent, outTradeNo: outTradeNo)
    }
    if kind == .payment { return .payment(number: intent, outTradeNo: nil) }
    switch owner(ofIntent: intent, source.metadata) {
    case .payment(let number, let outTradeNo):
      return .payment(number: number, outTradeNo: outTradeNo)
    case .unknown(let cause): return .unknown(cause)
    }
  }
}
