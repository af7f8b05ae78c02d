/// One text in the languages that it is written in, by their codes: `["zh-CN": "支付宝", "en": "Alipay"]`.
/// A reader of another language gets the English one.
public struct Wording: Sendable, ExpressibleByDictionaryLiteral {
  private let texts: [String: String]

  /// - Precondition: each language is named once.
  public init(dictionaryLiteral texts: (String, String)...) {
    self.texts = Dictionary(uniqueKeysWithValues: texts)
  }

  /// - Parameter code: of the language, as in HTML's `lang`.
  public func text(in code: String) -> String {
    texts[code] ?? texts[Wording.fallbackCode] ?? texts.values.first ?? ""
  }

  private static let fallbackCode = "en"
}
