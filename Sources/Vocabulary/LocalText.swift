/// A text that operators write in the languages of the site, such as the name of a package.
public struct LocalText: Hashable, Sendable {
  public let chinese: String
  public let english: String
  /// In further languages, by their tags of BCP 47; a language that is missing reads the English one.
  public let others: [String: String]

  /// The tags of the languages in which such a text is always written.
  public static let alwaysWritten = (chinese: "zh-CN", english: "en")

  public init(chinese: String, english: String, others: [String: String] = [:]) {
    self.chinese = chinese
    self.english = english
    self.others = others
  }

  /// Nil when one of the languages in which it is always written is missing.
  public init?(_ texts: [String: String]) {
    guard let chinese = texts[Self.alwaysWritten.chinese],
      let english = texts[Self.alwaysWritten.english]
    else { return nil }
    let always = [Self.alwaysWritten.chinese, Self.alwaysWritten.english]
    self.init(
      chinese: chinese, english: english, others: texts.filter { !always.contains($0.key) })
  }

  /// By language.
  public var texts: [String: String] {
    others.merging(
      [Self.alwaysWritten.chinese: chinese, Self.alwaysWritten.english: english]) { $1 }
  }

  /// What a reader of a language reads.
  public func text(in language: String) -> String { texts[language] ?? english }
}
