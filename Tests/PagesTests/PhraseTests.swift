import HTTP
import Testing
import Vocabulary

@testable import Pages

struct PhraseTests {
  /// Those without a word.
  private static let marks: Set<Phrase> = [.listComma, .semicolon, .colon, .pair]

  @Test(arguments: Language.all.filter(\.isComplete))
  func `every phrase has a text in every complete language`(language: Language) {
    for phrase in Phrase.allCases {
      let text = language.ownText(phrase)
      #expect(text?.isEmpty == false, "\(phrase)")
      let isMarkAlone = Self.marks.contains(phrase)
      #expect(isMarkAlone || text?.contains { $0.isLetter } == true, "\(phrase)")
    }
  }

  @Test func `the fallback lacks nothing`() {
    #expect(Phrase.allCases.allSatisfy { Language.fallback.ownText($0) != nil })
    #expect(Language.standard.isComplete && Language.fallback.isComplete)
    #expect(Language.all.contains(.standard) && Language.all.contains(.fallback))
    #expect(Set(Language.all.map(\.code)).count == Language.all.count)
  }

  @Test(arguments: Language.all)
  func `a phrase has the same places to fill in in every language`(language: Language) {
    for phrase in Phrase.allCases {
      #expect(
        places(phrase.text(language)) == places(phrase.text(Language.fallback)), "\(phrase)")
    }
  }

  @Test func `English is written in plain letters`() {
    for phrase in Phrase.allCases {
      let text = phrase.text(.english)
      #expect(text.allSatisfy { $0.isASCII || "…–".contains($0) }, "\(phrase): \(text)")
    }
  }

  @Test func `Chinese is written in Chinese`() {
    for phrase in Phrase.allCases where !Self.marks.contains(phrase) {
      let text = phrase.text(.chinese)
      #expect(text.unicodeScalars.contains { $0.properties.isIdeographic }, "\(phrase): \(text)")
    }
  }

  @Test func `a catalogue of two lines reads the rest in English`() {
    let french = Language(code: "fr", name: "Français", isComplete: false) { phrase in
      switch phrase {
      case .buy: "Acheter"
      case .page: "Page {page} sur {pages}"
      default: nil
      }
    }
    #expect(Phrase.buy.text(french) == "Acheter")
    #expect(Phrase.page.text(french, ["page": "2", "pages": "3"]) == "Page 2 sur 3")
    #expect(Phrase.payAgain.text(french) == Phrase.payAgain.text(.english))
    #expect(french.catalogue.count == Phrase.allCases.count)
    #expect(french.catalogue["buy"] == "Acheter")
    #expect(french.catalogue["payAgain"] == "Pay again")
    #expect(
      OrderStatus.allCases.map { $0.name(french) } == OrderStatus.allCases.map { $0.name(.english) }
    )
  }

  @Test(arguments: [
    (nil, "zh-CN"), ("en-GB", "en"), ("x-none, en;q=0.5", "en"), ("x-none", "zh-CN"),
    ("zh", "zh-CN"),
  ])
  func `the language on offer that a reader prefers`(header: String?, code: String) {
    #expect(Language(AcceptLanguage(header)).code == code)
  }

  @Test func `only a language on offer is taken from outside`() {
    #expect(Language(code: "zh-CN") == .chinese && Language(code: "en") == .english)
    for code in ["", "EN", "x-none", "zh", "en ", "chinese"] {
      #expect(Language(code: code) == nil)
    }
  }

  @Test func `templates use no phrase that is not there`() {
    let named = PageRenderer.sources.reduce(into: Set<String>()) { names, source in
      names.formUnion(phraseNames(String(decoding: source.bytes, as: UTF8.self)))
    }
    #expect(named.subtracting(Phrase.allCases.map(\.rawValue)) == [])
  }

  @Test(arguments: ErrorCode.allCases)
  func `every error has a message of its own and a status of its kind`(code: ErrorCode) {
    for language in Language.all {
      let others = ErrorCode.allCases.filter { $0 != code }
      #expect(!others.contains { $0.message(language) == code.message(language) })
    }
    #expect((400...599).contains(code.status))
  }

  @Test func `what a row keeps and no case stands for is shown as it is`() {
    #expect(OrderStatus.name(of: "PAID", .english) == "Paid")
    #expect(OrderStatus.name(of: "<NEW>", .chinese) == "<NEW>")
  }

  /// The words in braces, such as `{page}`.
  private func places(_ text: String) -> Set<Substring> {
    Set(
      text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
        $0.split(separator: "}").first
      })
  }

  /// The names behind `{{t.`.
  private func phraseNames(_ template: String) -> [String] {
    template.split(separator: "{{").filter { $0.hasPrefix("t.") }.map {
      String($0.dropFirst(2).prefix { $0 != "}" })
    }
  }
}
