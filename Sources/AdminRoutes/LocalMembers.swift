import AdminPages
import Pages
import Vocabulary

/// A text in the languages of the site as members of JSON, fields of a form and rows of a page: `name_zh`, `name_en`,
/// and so on for every language on offer.
enum LocalMembers {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(_ stem: String, _ language: Language) { stringValue = "\(stem)_\(language.member)" }
  }

  /// The texts that are there, by the tags of languages.
  static func read(_ stem: String, from decoder: any Decoder) throws -> [String: String] {
    let members = try decoder.container(keyedBy: Key.self)
    var texts: [String: String] = [:]
    for language in Language.all {
      texts[language.code] = try members.decodeIfPresent(
        String.self, forKey: Key(stem, language))
    }
    return texts
  }

  /// Writes a member for every language on offer; null where the text is not written in it.
  static func write(_ text: LocalText?, _ stem: String, to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    for language in Language.all {
      try members.encode(text?.texts[language.code], forKey: Key(stem, language))
    }
  }

  /// A field for every language on offer.
  ///
  /// - Parameters:
  ///   - label: has a place for the language.
  ///   - hint: stands below the last one.
  ///   - isRequired: whether the languages in which such a text is always written have to be there.
  static func fields(
    _ stem: String, _ label: Phrase, _ text: LocalText?, hint: Phrase? = nil, isRequired: Bool,
    _ limit: TextLimit, _ admin: AdminCall
  ) -> [ConsoleField] {
    Language.all.map { language in
      let isNeeded = isRequired && language.hasEveryText
      return ConsoleField(
        .line, Key(stem, language).stringValue, Self.label(label, language, admin),
        value: text?.texts[language.code] ?? "", form: isNeeded ? .string : .optional,
        hint: language == Language.all.last ? hint.map(admin.say) : nil, isRequired: isNeeded,
        charactersMax: limit.max)
    }
  }

  static func label(_ phrase: Phrase, _ language: Language, _ admin: AdminCall) -> String {
    phrase.text(admin.language, ["language": language.name])
  }
}

extension Language {
  /// Whether what operators write is always written in this language.
  fileprivate var hasEveryText: Bool {
    [LocalText.alwaysWritten.chinese, LocalText.alwaysWritten.english].contains(code)
  }
}
