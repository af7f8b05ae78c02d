public import HTTP

/// A language that pages, messages and documents are written in.
///
/// To add one, write its file beside `Texts+English.swift` and name it in `all`. The language switch, `?lang=`, its
/// cookie, the choice by `Accept-Language` and the `lang` of pages follow from that list.
public struct Language: Sendable {
  /// The tag of BCP 47, such as `zh-CN`: in addresses, cookies, headers and the `lang` of pages.
  public let code: String
  /// What the language is called by those who speak it.
  public let name: String
  /// How members of JSON and fields of forms name it: `zh` in `name_zh`.
  public let member: String
  /// Whether it is meant to have every text; tests hold it to that.
  public let isComplete: Bool
  private let own: @Sendable (Phrase) -> String?

  /// - Parameters:
  ///   - member: nil for the code in small letters, with `_` for `-`.
  ///   - texts: by phrase; nil for what is not translated yet, which is shown in `fallback`. A file that leaves
  ///     nothing out has no `default`, and the compiler asks it for the text of a new phrase.
  public init(
    code: String, name: String, member: String? = nil, isComplete: Bool = true,
    texts: @escaping @Sendable (Phrase) -> String?
  ) {
    self.code = code
    self.name = name
    self.isComplete = isComplete
    self.member = member ?? String(code.lowercased().map { $0 == "-" ? "_" : $0 })
    own = texts
  }

  /// Every language on offer, in the order in which the language switch shows them.
  public static let all: [Language] = [.chinese, .english]

  /// The language when a reader names none.
  public static let standard = Language.chinese

  /// The language of what another one lacks: it lacks nothing.
  public static let fallback = Language.english

  /// - Parameter code: as a reader sent it; only the tags of `all` are known.
  public init?(code: String) {
    guard let known = Language.all.first(where: { $0.code == code }) else { return nil }
    self = known
  }

  /// The language on offer that a reader prefers by `Accept-Language`.
  public init(_ preferences: AcceptLanguage) {
    let code = preferences.choose(
      among: Language.all.map(\.code), default: Language.standard.code)
    self = Language(code: code) ?? Language.standard
  }

  /// The others on offer, for the language switch.
  var others: [Language] { Language.all.filter { $0 != self } }

  /// What the language says itself; nil when `text` takes it from the fallback.
  func ownText(_ phrase: Phrase) -> String? { own(phrase) }

  /// What a reader of this language sees.
  func text(_ phrase: Phrase) -> String {
    own(phrase) ?? Language.fallback.own(phrase) ?? phrase.rawValue
  }

  /// All texts by the names that templates use.
  public var catalogue: [String: String] {
    Dictionary(uniqueKeysWithValues: Phrase.allCases.map { ($0.rawValue, text($0)) })
  }

  /// For templates: where the page is to be had in another language.
  public static func choices(besides language: Language) -> [[String: String]] {
    language.others.map { ["code": $0.code, "name": $0.name] }
  }
}

extension Language: Hashable {
  public static func == (left: Language, right: Language) -> Bool { left.code == right.code }

  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
