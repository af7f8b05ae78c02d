import Database
import Payments
import Provider
import Vocabulary

extension BookComparison {
  /// Writes what comparing a part came to: what the books know, then every difference before it is
  /// settled, so that none is lost by a crash in between; at last what settling did about it.
  func write(
    _ compared: [ComparedLine], on connection: inout Connection
  ) throws(DatabaseError) {
    let kept = try numbersInSuspense(compared, on: &connection)
    let events = eventsToSettle(compared, except: kept)
    let items = compared.compactMap { $0.item(event: events[$0.line]) }
    let marks = compared.compactMap(\.mark)
    let moment = clock.now()
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try BookMark.insert(marks, run: run, in: &transaction)
      try NewItem.insert(
        items, run: run, provider: provider, in: &transaction, at: moment)
      return .commit(())
    }
    guard !items.isEmpty else { return }
    try settle(Array(events.values), on: &connection)
    let written: SQL = "i.provider = \(provider) AND i.item_key IN \(list: items.map(\.key))"
    try SettledItems.resolve(written, in: &connection, at: clock.now())
    guard !kept.isEmpty else { return }
    let keptKeys = items.filter { $0.numberInSuspense.map(kept.contains) ?? false }.map(\.key)
    guard !keptKeys.isEmpty else { return }
    try SettledItems.resolveKept(
      "i.provider = \(provider) AND i.item_key IN \(list: keptKeys)", in: &connection,
      at: clock.now())
  }

  /// Marks what settling has made known.
  func mark(
    _ compared: [ComparedLine], on connection: inout Connection
  ) throws(DatabaseError) {
    let marks = compared.compactMap(\.mark)
    guard !marks.isEmpty else { return }
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try BookMark.insert(marks, run: run, in: &transaction)
      return .commit(())
    }
  }

  /// Money that a notification has put into suspense is not put there a second time.
  private func numbersInSuspense(
    _ compared: [ComparedLine], on connection: inout Connection
  ) throws(DatabaseError) -> Set<String> {
    let numbers = compared.filter(\.verdict.settles).compactMap(\.line.numberInSuspense)
    guard !numbers.isEmpty else { return [] }
    return try Suspense.numbers(among: numbers, of: provider, in: &connection)
  }

  private func eventsToSettle(
    _ compared: [ComparedLine], except kept: Set<String>
  ) -> [BookLine: ProviderEvent] {
    var events: [BookLine: ProviderEvent] = [:]
    for comparison in compared.filter(\.verdict.settles) {
      let line = comparison.line
      if let number = line.numberInSuspense, kept.contains(number) { continue }
      if let event = line.event(
        of: comparison.payment?.account ?? account, at: provider)
      {
        events[line] = event
      }
    }
    return events
  }

  private func settle(
    _ events: [ProviderEvent], on connection: inout Connection
  ) throws(DatabaseError) {
    let moment = clock.now()
    var rest = events.map { ReceivedEvent(event: $0, body: nil, receivedAt: moment) }[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(Limits.settlementGroupEventsMax))
      rest = rest.dropFirst(group.count)
      for result in desk.receive(group, on: &connection) { _ = try result.get() }
    }
  }
}

extension BookLine {
  /// By which money in suspense is known.
  var numberInSuspense: String? {
    kind == .payment ? providerTransactionID ?? outTradeNo : nil
  }
}

extension NewItem {
  var numberInSuspense: String? {
    subject == .payment ? providerTransactionID ?? outTradeNo : nil
  }
}
