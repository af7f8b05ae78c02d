import Accounts
import Database
import Documents
import Orders
import Payments
import Provider
import Reconciliation
import Vocabulary

/// The whole story of an order: its own tables, the calls to its providers, and what their books say.
struct OrderReport {
  let story: OrderStory
  let differences: [ReconciliationItem]

  static func of(
    _ order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> OrderReport {
    OrderReport(
      story: try OrderStory.of(order, now: SystemTime.now(), in: &connection),
      differences: try ReconciliationItem.list(of: order.id, in: &connection))
  }

  /// For programs.
  func document(
    _ zone: TimeZoneOffset, _ connection: inout Connection
  ) throws(DatabaseError) -> OrderDocument {
    let order = story.order
    let username = try User.names(of: [order.userID], in: &connection)[order.userID] ?? ""
    return OrderDocument(
      OrderSummary(order, username: username, now: SystemTime.now(), zone), story.trace,
      differences, zone)
  }

  private struct Line {
    let at: Timestamp
    let text: String
  }

  /// For people.
  var lines: [String] {
    let happened =
      story.moments.map { Line(at: $0.at, text: $0.line) }
      + story.trace.calls.map { Line(at: $0.createdAt, text: "call \($0.text)") }
      + differences.map { Line(at: $0.createdAt, text: "difference \($0.text)") }
    // Swift's sort keeps the order of what happened at the same time.
    return story.lines + happened.sorted { $0.at < $1.at }.map { "\($0.at)  \($0.text)" }
  }
}

extension ProviderCall {
  var text: String {
    "\(provider) \(operation) \(outTradeNo ?? "-") -> \(outcome)  \(durationMilliseconds) ms  "
      + "ours \(requestID ?? "-")  theirs \(providerRequestID ?? "-")"
  }
}
