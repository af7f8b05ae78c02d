public import Database

/// How a provider's books and ours differ.
public enum Difference: String, CaseIterable, Hashable, Sendable, ColumnDecodable {
  /// The provider moved money that is not booked here.
  case missingHere = "MISSING_HERE"
  /// Money is booked here that the provider's books do not know of.
  case missingThere = "MISSING_THERE"
  case amountDiffers = "AMOUNT_DIFFERS"
  /// One says that money moved, the other that it did not after all.
  case statusDiffers = "STATUS_DIFFERS"
}
