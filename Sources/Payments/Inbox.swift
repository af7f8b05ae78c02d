import Crypto
import Database
public import Provider
import Sealing
import Seals
public import Vocabulary

/// An event as it arrived, with the bytes that proved it.
public struct ReceivedEvent: Sendable {
  public let event: ProviderEvent
  /// The raw notification; kept encrypted.
  public let body: [UInt8]?
  public let receivedAt: Timestamp
  /// The request that brought it; nil for work in the background.
  let requestID: String?

  public init(event: ProviderEvent, body: [UInt8]?, receivedAt: Timestamp) {
    self.event = event
    self.body = body
    self.receivedAt = receivedAt
    requestID = CallScope.requestID
  }

  /// What is stored when the database refuses the row.
  var leftover: ReceivedEvent {
    ReceivedEvent(event: event.leftover(at: receivedAt), body: body, receivedAt: receivedAt)
  }

  var key: EventKey { EventKey(provider: event.provider, text: event.eventKey) }
  var arrival: InboxEvent.Arrival {
    InboxEvent.Arrival(requestID: requestID, receivedAt: receivedAt)
  }
}

/// What makes an event the same event.
struct EventKey: Hashable {
  let provider: PaymentMethod
  let text: String
}

/// An event with its row in `payment_events`.
struct InboxEvent: Hashable {
  /// How it came in, for the log.
  struct Arrival: Hashable {
    let requestID: String?
    let receivedAt: Timestamp
  }

  let id: EventID
  let event: ProviderEvent
  /// Nil once the event had to be read back from the table.
  var arrival: Arrival?
}

/// The table `payment_events`: nothing that happens to money starts anywhere else.
struct Inbox {
  let keyRing: KeyRing

  /// The unique key that a repeated event violates.
  static let eventKeyName = "payment_events_event_key"

  /// What inserting events came to.
  struct Taken {
    /// The events that were not there yet.
    let fresh: [InboxEvent]
    /// Those that were not there yet and are parked, because not all that they say can be stored.
    let unstorable: [InboxEvent]
    let contradictions: [Contradiction]
  }

  /// An event that came again and does not say what is stored.
  struct Contradiction {
    /// The row, with the event as it came again.
    let stored: InboxEvent
    /// Names of what differs.
    let differences: [String]
  }

  /// Inserts the events that are not there yet, and compares the others with what is stored.
  ///
  /// - Throws: `duplicateKey` when another connection inserted one of them at this moment; run the
  ///   transaction again, and the event is then seen as repeated.
  func insert(
    _ received: [ReceivedEvent], in transaction: inout Transaction
  ) throws(DatabaseError) -> Taken {
    var first: [EventKey: ReceivedEvent] = [:]
    var again: [ReceivedEvent] = []
    var order: [EventKey] = []
    for event in received {
      if first[event.key] == nil {
        first[event.key] = event
        order.append(event.key)
      } else {
        again.append(event)
      }
    }
    var ids = try rows(of: order, in: &transaction)
    again += order.filter { ids[$0] != nil }.compactMap { first[$0] }
    let new = order.filter { ids[$0] == nil }.compactMap { first[$0] }
    if !new.isEmpty {
      try insertRows(new, in: &transaction)
      ids.merge(try rows(of: new.map(\.key), in: &transaction)) { old, _ in old }
    }
    let inserted = new.compactMap { received in
      ids[received.key].map {
        InboxEvent(id: $0, event: received.event, arrival: received.arrival)
      }
    }
    let unstorable = inserted.filter { !$0.event.alteredColumns.isEmpty }
    for item in unstorable { try InboxQueue.park(item, in: &transaction) }
    return Taken(
      fresh: inserted.filter(\.event.alteredColumns.isEmpty), unstorable: unstorable,
      contradictions: try contradictions(again, ids, in: &transaction))
  }

  private func contradictions(
    _ again: [ReceivedEvent], _ ids: [EventKey: EventID], in transaction: inout Transaction
  ) throws(DatabaseError) -> [Contradiction] {
    let stored = try EventContent.stored(
      Set(again.compactMap { ids[$0.key] }).sorted(), in: &transaction)
    return again.compactMap { received in
      guard let id = ids[received.key], let content = stored[id] else { return nil }
      let differences = EventContent(received.event).differences(from: content)
      guard !differences.isEmpty else { return nil }
      return Contradiction(
        stored: InboxEvent(id: id, event: received.event, arrival: received.arrival),
        differences: differences)
    }
  }

  /// The rows that exist for keys, one query for each provider among them.
  private func rows(
    of keys: [EventKey], in transaction: inout Transaction
  ) throws(DatabaseError) -> [EventKey: EventID] {
    var ids: [EventKey: EventID] = [:]
    for (provider, keys) in Dictionary(grouping: keys, by: \.provider) {
      let rows = try transaction.all(
        """
        SELECT event_key, id FROM payment_events
        WHERE provider = \(provider) AND event_key IN \(list: keys.map(\.text))
        """, as: (String, EventID).self)
      for (text, id) in rows { ids[EventKey(provider: provider, text: text)] = id }
    }
    return ids
  }

  private func insertRows(
    _ received: [ReceivedEvent], in transaction: inout Transaction
  ) throws(DatabaseError) {
    guard let moment = received.first?.receivedAt else { return }
    let key = try SealKey.ensure(in: &transaction, at: moment)
    var rows: [[any Bindable]] = []
    for item in received { rows.append(try row(item, key)) }
    try transaction.executeBulk(
      """
      INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, provider_txn_id,
        merchant_account, live_mode, amount, currency, cause, news_status, news_no, news_id,
        amount_is_total, respond_by, occurred_at, received_at, body, state, next_attempt_at, seal)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING', ?, ?)
      """, rows: rows)
  }

  private func row(
    _ received: ReceivedEvent, _ key: SealKey?
  ) throws(DatabaseError) -> [any Bindable] {
    let event = received.event
    let columns = EventKindColumns(event.kind)
    return [
      event.provider.rawValue, event.eventKey, event.source.rawValue, columns.kind.rawValue,
      event.outTradeNo, event.providerTransactionID, event.account.merchant, event.account.isLive,
      columns.amount?.minorUnits, columns.amount?.currencyCode, columns.cause?.description,
      columns.newsStatus, columns.newsNo, columns.newsID, columns.amountIsTotal, columns.respondBy,
      event.occurredAt, received.receivedAt, try sealedBody(received), received.receivedAt,
      key.map { columns.seal(of: event, by: $0) },
    ]
  }

  /// Where a sealed body belongs.
  static func bodyPlace(_ provider: PaymentMethod, _ eventKey: String) -> String {
    "\(provider)|\(eventKey)"
  }

  private func sealedBody(_ received: ReceivedEvent) throws(DatabaseError) -> [UInt8]? {
    guard let body = received.body else { return nil }
    let place = Inbox.bodyPlace(received.event.provider, received.event.eventKey)
    do {
      return try SealedColumn.notificationBody.seal(body, at: place, with: keyRing)
    } catch {
      throw DatabaseError.inconsistent("the notification could not be encrypted: \(error)")
    }
  }
}
