/// A text in the languages of the site that is no phrase of its pages: what operators write, such as the name of a
/// package, and what providers are called.
public struct LocalText: Hashable, Sendable {
  public let chinese: String
  public let english: String
  /// In further languages, by their tags of BCP 47; a reader of one that is missing reads the English text.
  public let others: [String: String]

  /// The tags of the languages in which such a text is always written.
  public static let alwaysWritten = (chinese: "zh-CN", english: "en")

  public init(chinese: String, english: String, others: [String: String] = [:]) {
    self.chinese = chinese
    self.english = english
    self.others = others
  }

  /// Nil when one of the languages in which it is always written is missing.
  /// - Parameter texts: by the tags of languages.
  public init?(_ texts: [String: String]) {
    guard let chinese = texts[Self.alwaysWritten.chinese],
      let english = texts[Self.alwaysWritten.english]
    else { return nil }
    let always = [Self.alwaysWritten.chinese, Self.alwaysWritten.english]
    self.init(
      chinese: chinese, english: english, others: texts.filter { !always.contains($0.key) })
  }

  /// By the tags of languages.
  public var texts: [String: String] {
    others.merging(
      [Self.alwaysWritten.chinese: chinese, Self.alwaysWritten.english: english]) { $1 }
  }

  /// What a reader of a language reads.
  public func text(in language: String) -> String { texts[language] ?? english }
}

extension LocalText {
  /// The further languages as a column keeps them, one a line: `fr=Débutant`. Nil for none.
  public var storedOthers: String? {
    others.isEmpty
      ? nil
      : others.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
  }

  public init(chinese: String, english: String, storedOthers: String?) {
    var others: [String: String] = [:]
    for line in (storedOthers ?? "").split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { others[String(parts[0])] = String(parts[1]) }
    }
    self.init(chinese: chinese, english: english, others: others)
  }

  /// Whether every text is as long as `limit` allows, and those of further languages can be kept in one column.
  public func fits(_ limit: TextLimit) -> Bool {
    texts.values.allSatisfy { limit.allows($0) }
      && others.allSatisfy { language, text in
        (1...Self.tagCharactersMax).contains(language.utf8.count)
          && language.utf8.allSatisfy(Self.isOfTag) && !text.utf8.contains(0x0A)
      }
  }

  private static let tagCharactersMax = 35

  private static func isOfTag(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }
}
