import Audit
public import Crypto
public import Database
import Sealing
public import Vocabulary

/// What a provider sent, byte by byte.
public struct RawNotification: Sendable {
  public enum Outcome: Sendable {
    case found(RawNotification)
    case eventNotFound
    /// The event came from a query or an operator's word without one.
    case noBody
    /// Its key is gone, or the bytes were altered.
    case unreadable
  }

  public let eventID: EventID
  public let provider: PaymentMethod
  public let eventKey: String
  public let receivedAt: Timestamp
  public let body: [UInt8]

  /// Decrypts a notification for somebody, which is recorded: it holds what buyers told their
  /// provider.
  public static func read(
    _ id: EventID, keyRing: KeyRing, actor: String, on connection: inout Connection,
    at moment: Timestamp
  ) throws(DatabaseError) -> Outcome {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Outcome> in
      let row = try transaction.first(
        "SELECT provider, event_key, received_at, body FROM payment_events WHERE id = \(id)",
        as: (PaymentMethod, String, Timestamp, [UInt8]?).self)
      guard let (provider, eventKey, receivedAt, sealed) = row else {
        return .rollback(.eventNotFound)
      }
      guard let sealed else { return .rollback(.noBody) }
      _ = try OperatorAction(
        actor: actor, kind: .viewNotification, subject: id.description, reason: "viewed"
      ).record(in: &transaction, at: moment)
      let place = Inbox.bodyPlace(provider, eventKey)
      guard let body = try? SealedColumn.notificationBody.open(sealed, at: place, with: keyRing)
      else {
        return .commit(.unreadable)
      }
      return .commit(
        .found(
          RawNotification(
            eventID: id, provider: provider, eventKey: eventKey, receivedAt: receivedAt, body: body)
        ))
    }
  }
}
