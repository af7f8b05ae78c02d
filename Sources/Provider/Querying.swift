public enum QueryOutcome: Sendable {
  /// What the provider says now, to be settled like a notification, with the refunds that it lists of a
  /// payment that was paid: as far as one transaction has room for them, all in one.
  case event(ProviderEvent, refunds: [ProviderEvent] = [])
  /// The provider does not know the payment. Not a failure: it may still be paid.
  case notFound
  case unknown(Cause)
}

public enum CloseOutcome: Sendable {
  case closed
  /// It may have been paid in the meantime: query.
  case refused(Cause)
  /// The provider does not know the payment; its code or page may still be payable.
  case notFound
  case unknown(Cause)
}
