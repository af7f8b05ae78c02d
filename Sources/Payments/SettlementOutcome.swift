public import Provider
public import Vocabulary

/// What settling did about an event; the column `payment_events.outcome`.
public enum SettlementOutcome: Hashable, Sendable {
  case credited
  case duplicate
  /// Believed only when the provider says it again.
  case confirming
  case suspicious(Mismatch)
  case failed
  case closed
  case ignored(IgnoreReason)
  case refund(RefundStatus)
  /// It failed, while its provider is asked whether another one that had failed was made.
  case refundFailedBesideDoubt
  /// Made or on its way at the provider, in place of one that was asked for here and never sent.
  case refundInPlace(RefundStatus)
  /// It had failed here, and was made all the same.
  case refundAfterFailure
  /// - hasChangedEnd: it had been decided otherwise before.
  /// - hasChangedAmount: it keeps money from us, and now more or less of it than before.
  case dispute(
    DisputeNews.Status, respondBy: Timestamp?, hasChangedEnd: Bool = false,
    hasChangedAmount: Bool = false)
  /// No payment of ours has the numbers that the event names.
  case unmatched

  /// As stored.
  var text: String { stored.rawValue }
}

/// What came of handing an event in. Whatever it is, an event about us is durable.
public enum Receipt: Hashable, Sendable {
  case settled(SettlementOutcome)
  /// The event was here before; nothing changed.
  case repeated
  /// Stored; it will be settled by the queue.
  case deferred
  /// About other software on the same account; counted, not kept.
  case foreign
}
