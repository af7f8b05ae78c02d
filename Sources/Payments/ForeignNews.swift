import Database
import Provider
import Vocabulary

/// News about payments of other software on the same account: one account for several shops is the rule
/// for small firms. It bears no number of our form, and no payment of ours has the provider's number.
enum ForeignNews {
  /// Which events are foreign. Those that bear a number of ours are not looked up.
  ///
  /// - Parameter events: at most `Limits.settlementGroupEventsMax`.
  static func find(
    _ events: [ReceivedEvent], on connection: inout Connection
  ) throws(DatabaseError) -> [Bool] {
    let doubtful = events.map(\.event).filter(isDoubtful)
    var known: [PaymentMethod: RecordedPayments] = [:]
    for (provider, events) in Dictionary(grouping: doubtful, by: \.provider) {
      known[provider] = try RecordedPayments.find(
        provider, providerTransactionIDs: events.compactMap(\.providerTransactionID),
        outTradeNos: events.compactMap(\.outTradeNo), in: &connection)
    }
    return events.map { received in
      let event = received.event
      guard isDoubtful(event) else { return false }
      return known[event.provider]?.payment(
        providerTransactionID: event.providerTransactionID, outTradeNo: event.outTradeNo) == nil
    }
  }

  /// What only names an object is told apart when the provider has said what it is.
  private static func isDoubtful(_ event: ProviderEvent) -> Bool {
    event.source == .notification && !event.kind.isQuestion && !event.bearsNumberOfOurs
  }
}
