/// How long a text may be, counted as whoever keeps it counts.
///
/// `String.count` counts what a reader sees as one character, which no column and no provider does: a family of four is
/// one of those and seven code points, so that 255 families do not fit into a VARCHAR(255).
public struct TextLimit: Hashable, Sendable {
  public enum Unit: Hashable, Sendable {
    /// Code points, as a VARCHAR of utf8mb4 counts.
    case scalars
    /// As programs in Java, C# and JavaScript count characters. What fits by it fits by code points too.
    case utf16Units
    case utf8Bytes
  }

  /// The most, in units.
  public let max: Int
  public let unit: Unit

  public init(_ max: Int, _ unit: Unit) {
    precondition(max > 0, "a text that may be nothing needs no limit")
    self.max = max
    self.unit = unit
  }

  /// Of the columns that keep why something was done, came about or failed.
  public static let reason = TextLimit(255, .scalars)
  /// Of the columns that keep who did something.
  public static let actor = TextLimit(64, .scalars)

  /// Whether a text shows something, is not too long and holds no NUL, which would end it early for programs in C.
  public func allows(_ text: String) -> Bool {
    fits(text) && !text.utf8.contains(0) && text.unicodeScalars.contains { $0.isVisible }
  }

  public func fits(_ text: String) -> Bool {
    // No other count is greater than the one of bytes, and none is less than a quarter of it.
    let bytes = text.utf8.count
    if bytes <= max { return true }
    return bytes / 4 <= max && count(text[...]) <= max
  }

  /// The text, or as many of its first whole characters as fit. One character that is too long by itself is cut
  /// between its code points.
  public func cut(_ text: String) -> String {
    guard !fits(text) else { return text }
    let whole = end(in: text) { text.index(after: $0) }
    guard whole == text.startIndex else { return String(text[..<whole]) }
    return String(text[..<end(in: text) { text.unicodeScalars.index(after: $0) }])
  }

  /// The text for a column of ASCII: what is no printable ASCII becomes `?`, and what is too long is cut.
  /// - Parameter keepsSpaces: otherwise a space becomes `?` too.
  public func ascii(_ text: String, keepsSpaces: Bool = false) -> String {
    let allowed: ClosedRange<UInt32> = keepsSpaces ? 0x20...0x7E : 0x21...0x7E
    let plain = text.unicodeScalars.prefix(max).map { allowed.contains($0.value) ? $0 : "?" }
    return String(String.UnicodeScalarView(plain))
  }

  /// Where the first pieces end that fit.
  private func end(in text: String, next: (String.Index) -> String.Index) -> String.Index {
    var (end, left) = (text.startIndex, max)
    while end < text.endIndex {
      let following = next(end)
      left -= count(text[end..<following])
      if left < 0 { break }
      end = following
    }
    return end
  }

  private func count(_ text: Substring) -> Int {
    switch unit {
    case .scalars: text.unicodeScalars.count
    case .utf16Units: text.utf16.count
    case .utf8Bytes: text.utf8.count
    }
  }
}
