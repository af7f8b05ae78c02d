import Pages
import Testing

@testable import AdminPages

struct ConsoleTemplateTests {
  @Test func `templates use no phrase that is not there and write no text of their own`() {
    let known = Set(Phrase.allCases.map(\.rawValue))
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
