public import Vocabulary

/// What users may do at the moment.
public enum SiteMode: String, CaseIterable, Hashable, Sendable {
  case open = "OPEN"
  /// No new orders. Orders that exist are paid, cancelled and refunded as ever.
  case ordersPaused = "ORDERS_PAUSED"
  /// Users change nothing. Payments that exist still arrive, settle and are refunded.
  case readOnly = "READ_ONLY"
}

/// What users are told while the site is not open, in both languages.
public struct Notice: Hashable, Sendable {
  public let chinese: String
  public let english: String

  public static let limit = TextLimit(280, .scalars)

  /// Nil unless both texts have what `limit` allows and no control character.
  public init?(chinese: String, english: String) {
    guard Notice.isFit(chinese), Notice.isFit(english) else { return nil }
    self.chinese = chinese
    self.english = english
  }

  public var text: LocalText { LocalText(chinese: chinese, english: english) }

  private static func isFit(_ text: String) -> Bool {
    limit.allows(text)
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
