/// A language that pages and messages are written in.
public enum Language: String, CaseIterable, Sendable {
  case chinese = "zh-CN"
  case english = "en"

  /// The language when a reader names none.
  public static let standard = Language.chinese
}
