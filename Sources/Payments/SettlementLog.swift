import Database
import Logging
import Provider
import Vocabulary

/// One line for each thing that happened to an event. Lines at `critical` need an operator.
struct SettlementLog: Sendable {
  let logger: Logger
  let clock: WallClock

  func settled(_ items: [Settlement.Settled]) {
    for item in items {
      PaymentMeters.settled(item, at: clock.now())
      var metadata = describe(item.inboxEvent)
      metadata["outcome"] = "\(item.outcome.text)"
      if let number = item.orderNumber { metadata["order_no"] = "\(number)" }
      switch item.outcome {
      case .credited, .failed, .closed, .ignored:
        logger.info("event settled", metadata: metadata)
      case .confirming:
        logger.notice(
          "a success has to be confirmed; the provider is asked", metadata: metadata)
      case .duplicate:
        logger.warning("order was paid twice; a refund is due", metadata: metadata)
      case .suspicious(let mismatch):
        metadata["mismatch"] = "\(mismatch.rawValue)"
        logger.critical(
          "event contradicts the stored payment; nothing was credited. Compare the payment at the provider",
          metadata: metadata)
      case .refund(.failed):
        logger.critical(
          "a refund failed and its coins were given back; pay the money back another way",
          metadata: metadata)
      case .refund:
        logger.notice("a refund moved on", metadata: metadata)
      case .dispute(.lost, _):
        logger.critical("a dispute was lost; its money is gone", metadata: metadata)
      case .dispute(.won, _):
        logger.notice("a dispute was won; its coins were given back", metadata: metadata)
      case .dispute(_, let respondBy):
        if let respondBy { metadata["respond_by"] = "\(respondBy)" }
        logger.critical(
          "a buyer disputes a payment; hand in evidence at the provider", metadata: metadata)
      case .unmatched:
        logger.critical(
          "event names no payment of ours; look for its number at the provider",
          metadata: metadata)
      }
    }
  }

  /// - Parameter event: nil when its row cannot be read back.
  func deferred(_ id: EventID, _ event: InboxEvent?, _ error: DatabaseError) {
    var metadata = event.map(describe) ?? ["event_id": "\(id)"]
    metadata["error"] = "\(error)"
    logger.error("event could not be settled; it is stored and tried again", metadata: metadata)
  }

  func parked(_ id: EventID, _ event: InboxEvent?, _ error: DatabaseError) {
    PaymentMeters.parked(event?.event.provider)
    var metadata = event.map(describe) ?? ["event_id": "\(id)"]
    metadata["error"] = "\(error)"
    logger.critical("event was tried for the last time and is parked", metadata: metadata)
  }

  /// Signed twice, said differently: what came first stands.
  func contradicted(_ items: [Inbox.Contradiction]) {
    for item in items {
      PaymentMeters.contradicted(item.stored.event.provider)
      var metadata = describe(item.stored)
      metadata["differs"] = "\(item.differences.joined(separator: ", "))"
      logger.critical(
        "an event came again with other content; nothing was changed. Compare the payment at the provider",
        metadata: metadata)
    }
  }

  func retryFailed(_ error: DatabaseError) {
    logger.error("events that are due could not be read", metadata: ["error": "\(error)"])
  }

  func groupFailed(count: Int, _ error: DatabaseError) {
    logger.warning(
      "a group of events failed together; settling them one by one",
      metadata: ["events": "\(count)", "error": "\(error)"])
  }

  private func describe(_ item: InboxEvent) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "provider": "\(item.event.provider)", "event_id": "\(item.id)",
      "event_key": "\(item.event.eventKey)",
    ]
    if let number = item.event.outTradeNo { metadata["out_trade_no"] = "\(number)" }
    return metadata
  }
}
