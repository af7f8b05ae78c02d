import Pages
import Testing

@testable import AdminPages

struct AdminPhraseTests {
  @Test(arguments: AdminPhrase.allCases)
  func `every phrase says something in either language`(phrase: AdminPhrase) {
    #expect(!phrase.text(.chinese).isEmpty && !phrase.text(.english).isEmpty)
    #expect(phrase == .otherLanguage || phrase.text(.chinese) != phrase.text(.english))
    #expect(
      phrase == .otherLanguage
        || phrase.text(.english).utf8.allSatisfy {
          $0 < 0x80 || phrase.text(.english).contains("…")
        })
  }

  @Test(arguments: DashboardPhrase.allCases)
  func `every phrase of the dashboard is in either language`(phrase: DashboardPhrase) {
    expectBoth(phrase.text(.chinese), phrase.text(.english))
  }

  @Test(arguments: ControlPhrase.allCases)
  func `every phrase of the controls is in either language`(phrase: ControlPhrase) {
    expectBoth(phrase.text(.chinese), phrase.text(.english))
  }

  private func expectBoth(_ chinese: String, _ english: String) {
    #expect(chinese.unicodeScalars.contains { $0.properties.isIdeographic }, "\(chinese)")
    #expect(!english.isEmpty && english.utf8.allSatisfy { $0 < 0x80 }, "\(english)")
  }

  @Test func `templates use no phrase that is not there and write no text of their own`() {
    let known = Set(AdminPhrase.allCases.map(\.rawValue))
    for source in ConsoleRenderer.sources {
      let text = String(decoding: source.bytes, as: UTF8.self)
      let named = text.split(separator: "{{").filter { $0.hasPrefix("t.") }.map {
        String($0.dropFirst(2).prefix { $0 != "}" })
      }
      #expect(Set(named).subtracting(known) == [], "\(source.name)")
      // Between tags stand only placeholders.
      let plain = text.split(separator: "{{").flatMap { piece -> [Substring] in
        piece.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false).suffix(1)
      }.joined()
      let words = plain.split(separator: "<").compactMap {
        $0.split(separator: ">").dropFirst().first
      }
      #expect(!words.contains { $0.contains(where: \.isLetter) }, "\(source.name): \(words)")
    }
  }
}
