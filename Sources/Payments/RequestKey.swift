/// A text by which doing something twice is doing it once.
public enum RequestKey {
  public static let charactersMax = 64

  /// 1…`charactersMax` characters of printable ASCII without spaces.
  public static func isValid(_ text: String) -> Bool { isPrintable(text, max: charactersMax) }

  static func isPrintable(_ text: String, max: Int) -> Bool {
    (1...max).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
