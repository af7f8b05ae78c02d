import Testing
import Vocabulary

struct LocalTextTests {
  private static let french = LocalText(
    chinese: "体验包", english: "Starter", others: ["fr": "Débutant = a", "de": "Anfänger"])

  @Test func `a language that is missing reads the English text`() {
    #expect(Self.french.text(in: "zh-CN") == "体验包" && Self.french.text(in: "en") == "Starter")
    #expect(Self.french.text(in: "fr") == "Débutant = a" && Self.french.text(in: "it") == "Starter")
  }

  @Test func `further languages are kept in one column and read back`() {
    #expect(Self.french.storedOthers == "de=Anfänger\nfr=Débutant = a")
    #expect(
      LocalText(chinese: "体验包", english: "Starter", storedOthers: Self.french.storedOthers)
        == Self.french)
    let plain = LocalText(chinese: "包", english: "Pack")
    #expect(plain.storedOthers == nil)
    #expect(LocalText(chinese: "包", english: "Pack", storedOthers: nil) == plain)
  }

  @Test func `it is made of texts by language, with those that are always there`() {
    #expect(LocalText(Self.french.texts) == Self.french)
    #expect(LocalText(["zh-CN": "包", "fr": "Lot"]) == nil && LocalText(["en": "Pack"]) == nil)
  }

  @Test(arguments: [
    (["fr": "Lot"], true), (["fr": ""], false), (["fr": "a\nde=b"], false), (["": "Lot"], false),
    (["f=r": "Lot"], false), (["fr": "longer than the limit"], false), ([:], true),
  ])
  func `every text has to fit`(others: [String: String], fits: Bool) {
    let text = LocalText(chinese: "包", english: "Pack", others: others)
    #expect(text.fits(TextLimit(12, .scalars)) == fits)
  }
}
