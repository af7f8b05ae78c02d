public import Vocabulary

/// What users may do at the moment.
public enum SiteMode: String, CaseIterable, Hashable, Sendable {
  case open = "OPEN"
  /// No new orders. Orders that exist are paid, cancelled and refunded as ever.
  case ordersPaused = "ORDERS_PAUSED"
  /// Users change nothing. Payments that exist still arrive, settle and are refunded.
  case readOnly = "READ_ONLY"
}

/// What users are told while the site is not open, in their languages.
public struct Notice: Hashable, Sendable {
  public let text: LocalText

  public static let limit = TextLimit(280, .scalars)

  /// Nil unless every text has what `limit` allows and no control character.
  public init?(_ text: LocalText) {
    guard text.fits(Notice.limit), text.texts.values.allSatisfy(Notice.isFit) else { return nil }
    self.text = text
  }

  private static func isFit(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
