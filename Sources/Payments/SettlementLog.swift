import Database
import LogLines
import Logging
import Orders
import Provider
import Vocabulary

/// One line for each thing that happened to an event. Lines at `critical` need an operator.
struct SettlementLog: Sendable {
  let logger: Logger
  let clock: WallClock

  func settled(_ items: [Settlement.Settled]) {
    for item in items {
      PaymentMeters.settled(item, at: clock.now())
      var fields = describe(item.inboxEvent)
      fields[.outcome] = "\(item.outcome.text)"
      if let order = item.order {
        fields[.orderNumber] = "\(order.number)"
        fields[.user] = "\(order.userID)"
      }
      if let arrival = item.inboxEvent.arrival {
        let duration = clock.now() - arrival.receivedAt
        fields[.durationMilliseconds] = "\(duration.inMilliseconds)"
      }
      switch item.outcome {
      case .ignored(.olderEnd):
        logger.write(
          .critical,
          "a dispute is said to have ended otherwise, before what is known of it; look at it at the provider",
          fields)
      case .credited, .failed, .closed, .ignored:
        logger.write(.info, "event settled", fields)
      case .confirming:
        logger.write(
          .notice, "a success has to be confirmed; the provider is asked", fields)
      case .duplicate:
        logger.write(.warning, "order was paid twice; a refund is due", fields)
      case .suspicious(.erased):
        logger.write(
          .critical,
          "money came for an order of an erased user; it is in suspense. Give it back at the provider",
          fields)
      case .suspicious(let mismatch):
        fields[.mismatch] = "\(mismatch.rawValue)"
        logger.write(
          .critical,
          "event contradicts the stored payment; nothing was credited. Compare the payment at the provider",
          fields)
      case .refund(.failed):
        logger.write(
          .critical,
          "a refund failed and its coins were given back; pay the money back another way",
          fields)
      case .refund(.pending) where item.inboxEvent.event.refundObstacle != nil:
        fields[.cause] = item.inboxEvent.event.refundObstacle.map { "\($0)" }
        logger.write(
          .critical,
          "a refund cannot go on by itself; choose another way for the money at the provider",
          fields)
      case .refundInPlace:
        logger.write(
          .warning,
          "a refund at the provider took the place of one that was asked for here and never sent; see whether the rest is still to be given back",
          fields)
      case .refundFailedBesideDoubt:
        logger.write(
          .critical,
          "a refund failed, and one before it may have been made; the provider is asked. Pay nothing back another way before that is clear",
          fields)
      case .refundAfterFailure:
        logger.write(
          .critical,
          "a refund that had failed was made after all; its coins were taken again. If the money was paid back another way, it was paid twice",
          fields)
      case .refund:
        logger.write(.notice, "a refund moved on", fields)
      case .dispute: noteDispute(item.outcome, fields)
      case .unmatched:
        logger.write(
          .critical, "event names no payment of ours; look for its number at the provider",
          fields)
      }
      noteMissingCoins(item, fields)
    }
  }

  private func noteDispute(_ outcome: SettlementOutcome, _ fields: LogFields) {
    var fields = fields
    switch outcome {
    case .dispute(_, _, hasChangedEnd: true, _):
      logger.write(
        .critical,
        "a dispute that was decided has changed its end; look at it at the provider", fields)
    case .dispute(_, _, _, hasChangedAmount: true):
      logger.write(
        .critical,
        "the amount of a dispute has changed; its coins follow. Compare it at the provider",
        fields)
    case .dispute(.lost, _, _, _):
      logger.write(.critical, "a dispute was lost; its money is gone", fields)
    case .dispute(.won, _, _, _):
      logger.write(.notice, "a dispute was won; its coins were given back", fields)
    case .dispute(_, let respondBy, _, _):
      if let respondBy { fields[.respondBy] = "\(respondBy)" }
      logger.write(
        .critical, "a buyer disputes a payment; hand in evidence at the provider", fields)
    default: break
    }
  }

  /// Money is gone whose coins were spent.
  private func noteMissingCoins(_ item: Settlement.Settled, _ fields: LogFields) {
    guard item.missingCoins > 0 else { return }
    var fields = fields
    fields[.missingCoins] = "\(item.missingCoins)"
    logger.write(
      .critical, "coins of money that was given back could not be taken back; they were spent",
      fields)
  }

  /// - Parameter event: nil when its row cannot be read back.
  func deferred(_ id: EventID, _ event: InboxEvent?, _ error: DatabaseError) {
    var fields = event.map(describe) ?? [.eventID: "\(id)"]
    fields[.error] = "\(error)"
    logger.write(.error, "event could not be settled; it is stored and tried again", fields)
  }

  func parked(_ id: EventID, _ event: InboxEvent?, _ error: DatabaseError) {
    PaymentMeters.parked(event?.event.provider)
    var fields = event.map(describe) ?? [.eventID: "\(id)"]
    fields[.error] = "\(error)"
    logger.write(.critical, "event was tried for the last time and is parked", fields)
  }

  /// Genuine, and not as any provider writes: what it says is not known for certain.
  func unstorable(_ items: [InboxEvent]) {
    for item in items {
      PaymentMeters.parked(item.event.provider)
      var fields = describe(item)
      fields[.reason] = "\(item.event.alteredColumns.joined(separator: ", "))"
      logger.write(
        .critical,
        "an event cannot be stored as it was sent; what can be read of it is parked. Look at it at the provider",
        fields)
    }
  }

  func refused(_ event: ReceivedEvent, _ error: DatabaseError) {
    logger.write(
      .error, "the database refuses an event; what it takes of it is stored",
      [
        .provider: "\(event.event.provider)", .eventKey: "\(event.event.eventKey)",
        .error: "\(error)",
      ])
  }

  /// Signed twice, said differently: what came first stands.
  func contradicted(_ items: [Inbox.Contradiction]) {
    for item in items {
      PaymentMeters.contradicted(item.stored.event.provider)
      var fields = describe(item.stored)
      fields[.differs] = "\(item.differences.joined(separator: ", "))"
      logger.write(
        .critical,
        "an event came again with other content; nothing was changed. Compare the payment at the provider",
        fields)
    }
  }

  func retryFailed(_ error: DatabaseError) {
    logger.write(.error, "events that are due could not be read", [.error: "\(error)"])
  }

  func groupFailed(count: Int, _ error: DatabaseError) {
    logger.write(
      .warning, "a group of events failed together; settling them one by one",
      [.events: "\(count)", .error: "\(error)"])
  }

  private func describe(_ item: InboxEvent) -> LogFields {
    var fields: LogFields = [
      .provider: "\(item.event.provider)", .eventID: "\(item.id)",
      .eventKey: "\(item.event.eventKey)",
    ]
    if let number = item.event.outTradeNo { fields[.outTradeNumber] = "\(number)" }
    if let id = item.arrival?.requestID { fields[.requestID] = "\(id)" }
    return fields
  }
}

extension ProviderEvent {
  /// Why a refund that the provider has taken on does not go on by itself.
  fileprivate var refundObstacle: Cause? {
    if case .refund(let news) = kind, news.status == .pending { news.cause } else { nil }
  }
}
