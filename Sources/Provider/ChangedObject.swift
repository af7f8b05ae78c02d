public import Vocabulary

/// Something at a provider that changed, by its number alone: what it is now has to be asked.
public struct ChangedObject: Hashable, Sendable {
  /// The provider's word for what it is.
  public let type: String
  public let id: String

  /// Longest type, in characters.
  public static let typeCharactersMax = 16

  /// Nil for a type that the inbox cannot keep, and without a number.
  public init?(type: String, id: String) {
    guard type.isGraphicASCII(upTo: ChangedObject.typeCharactersMax), !id.isEmpty else {
      return nil
    }
    self.type = type
    self.id = id
  }
}

/// What a provider says about an object that changed.
public enum ChangedObjectOutcome: Sendable {
  /// What it means for payments, to be settled in this order; empty when it is about none.
  case events([ProviderEvent])
  /// It cannot be told yet: ask again.
  case unknown(Cause)
}

/// A provider whose notifications may name an object without saying what it is now.
public protocol ObjectReader: PaymentProvider {
  /// Asks for the object as it is now.
  ///
  /// - Parameters:
  ///   - eventKey: of the event that named it, with which the keys of the events begin.
  ///   - account: whose the event said that it is; a merchant is named where it is not ours.
  func read(
    _ object: ChangedObject, eventKey: String, account: ProviderAccount, now: Timestamp
  ) -> ChangedObjectOutcome
}
