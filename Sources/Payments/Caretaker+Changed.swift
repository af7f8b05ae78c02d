import Controls
public import Database
import LogLines
import Logging
import Provider
public import Vocabulary

/// News that only names an object at the provider: it is durable before the provider is asked, and asked
/// about again until the answer is clear.
extension Caretaker {
  /// How long another worker leaves an event alone that is being asked about, in seconds.
  private static let askingSeconds: Int64 = 120

  private struct Question {
    let id: EventID
    let attempts: Int64
    let eventKey: String
    let account: ProviderAccount
    /// Nil when the row cannot be read back.
    let object: ChangedObject?
  }

  /// Asks a provider about objects that changed and settles the answers.
  /// - Returns: the number of questions.
  public func readChanged(
    _ method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) -> Int {
    guard let provider = registry[method] as? any ObjectReader, provider.isAvailable else {
      return 0
    }
    let questions = try claimQuestions(method, on: &connection)
    for question in questions { try ask(provider, question, on: &connection) }
    return questions.count
  }

  private func claimQuestions(
    _ method: PaymentMethod, on connection: inout Connection
  ) throws(DatabaseError) -> [Question] {
    let moment = clock.now()
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<[Question]> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback([]) }
      let rows = try transaction.all(
        """
        SELECT id, attempts, event_key, merchant_account, live_mode, news_status, news_id
        FROM payment_events
        WHERE state = 'PENDING' AND kind = 'CHANGED' AND provider = \(method)
          AND \(InboxQueue.schedule.isDue("next_attempt_at", at: moment))
        ORDER BY next_attempt_at, id LIMIT \(Caretaker.batchRowsMax) FOR UPDATE SKIP LOCKED
        """, as: (EventID, Int64, String, String, Bool, String?, String?).self)
      guard !rows.isEmpty else { return .rollback([]) }
      _ = try transaction.execute(
        """
        UPDATE payment_events
        SET next_attempt_at = \(moment.adding(seconds: Caretaker.askingSeconds))
        WHERE id IN \(list: rows.map(\.0))
        """)
      return .commit(
        rows.map { row in
          Question(
            id: row.0, attempts: row.1, eventKey: row.2,
            account: ProviderAccount(merchant: row.3, isLive: row.4),
            object: row.5.flatMap { type in row.6.flatMap { ChangedObject(type: type, id: $0) } })
        })
    }
  }

  private func ask(
    _ provider: any ObjectReader, _ question: Question, on connection: inout Connection
  ) throws(DatabaseError) {
    guard let object = question.object else {
      return try askAgain(
        question, Cause(.other, "the event cannot be read back"), provider.method, on: &connection)
    }
    let outcome = provider.read(
      object, eventKey: question.eventKey, account: question.account, now: clock.now())
    switch outcome {
    case .events(let events):
      if !events.isEmpty { try receive(events, on: &connection) }
      _ = try connection.execute(
        """
        UPDATE payment_events SET state = 'SETTLED', outcome = 'READ', settled_at = \(clock.now()),
          next_attempt_at = NULL WHERE id = \(question.id) AND state = 'PENDING'
        """)
    case .unknown(let cause): try askAgain(question, cause, provider.method, on: &connection)
    }
  }

  private func askAgain(
    _ question: Question, _ cause: Cause, _ method: PaymentMethod,
    on connection: inout Connection
  ) throws(DatabaseError) {
    let isParked = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Bool> in
      .commit(
        try InboxQueue.postpone(
          question.id, attempts: question.attempts, reason: "\(cause)", at: clock.now(),
          in: &transaction))
    }
    var fields: LogFields = [
      .provider: "\(method)", .eventID: "\(question.id)", .eventKey: "\(question.eventKey)",
      .cause: "\(cause)",
    ]
    if let object = question.object { fields[.subject] = "\(object.type) \(object.id)" }
    guard isParked else {
      logger.write(
        .notice, "what changed at the provider is not clear yet; it is asked again", fields)
      return
    }
    PaymentMeters.parked(method)
    logger.write(
      .critical,
      "what changed at the provider could not be found out and is parked; look at it there, then: coinpay queue retry",
      fields)
  }
}
