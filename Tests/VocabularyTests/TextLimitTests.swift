import Testing
import Vocabulary

@Suite struct TextLimitTests {
  /// One character for a reader, 7 code points, 11 units of UTF-16, 25 bytes.
  static let family = "👨‍👩‍👧‍👦"
  /// A character of Chinese beyond the first 65,536: 1 code point, 2 units of UTF-16, 4 bytes.
  static let rare = "𠮷"

  @Test(arguments: [
    (TextLimit(255, .scalars), 255), (TextLimit(255, .utf16Units), 127),
    (TextLimit(255, .utf8Bytes), 63),
  ])
  func `a text at the limit is allowed, one unit more is not`(limit: TextLimit, most: Int) {
    let fitting = String(repeating: Self.rare, count: most)
    #expect(limit.allows(fitting) && limit.cut(fitting) == fitting)
    #expect(!limit.allows(fitting + Self.rare) && limit.cut(fitting + Self.rare) == fitting)
  }

  @Test func `ASCII counts alike in every unit`() {
    for unit in [TextLimit.Unit.scalars, .utf16Units, .utf8Bytes] {
      let limit = TextLimit(3, unit)
      #expect(limit.allows("abc") && !limit.allows("abcd") && limit.cut("abcd") == "abc")
    }
  }

  @Test func `nothing and a NUL are not allowed`() {
    #expect(!TextLimit.reason.allows("") && !TextLimit.reason.allows("a\u{0}b"))
    #expect(TextLimit.reason.fits(""))
  }

  @Test(arguments: [
    " ", "\t \n\r\n", "\u{3000}\u{3000}", "\u{A0}\u{2003}\u{202F}", "\u{200B}\u{200D}\u{FEFF}",
    "\u{2060}\u{AD}", "\u{202E} \u{2066}", "\u{1}\u{7F}\u{85}", "\u{2028}\u{2029}",
    "\u{115F}\u{3164}\u{FFA0}", "\u{FE0F}\u{E0020}", "\u{2800}", "\u{1D159}\u{13441}",
  ])
  func `a text of which nothing is seen is not allowed`(blank: String) {
    #expect(!TextLimit.reason.allows(blank) && TextLimit.reason.fits(blank))
    #expect(TextLimit.reason.allows(blank + "重" + blank))
  }

  @Test(arguments: [
    "x", " x ", ".", "退款", "e\u{301}", "\u{301}", TextLimitTests.family, "\u{2801}",
  ])
  func `a text of which something is seen is allowed`(text: String) {
    #expect(TextLimit.reason.allows(text))
  }

  @Test(arguments: [
    (TextLimit(255, .scalars), 36), (TextLimit(255, .utf16Units), 23),
    (TextLimit(127, .utf8Bytes), 5),
  ])
  func `families are counted by their members and cut between families`(
    limit: TextLimit, whole: Int
  ) {
    let families = String(repeating: Self.family, count: 255)
    #expect(!limit.allows(families))
    #expect(limit.cut(families) == String(repeating: Self.family, count: whole))
  }

  @Test func `one character that is too long is cut between code points`() {
    #expect(TextLimit(2, .scalars).cut(Self.family) == "👨\u{200D}")
    #expect(TextLimit(6, .utf8Bytes).cut(Self.family) == "👨")
    #expect(TextLimit(3, .utf8Bytes).cut(Self.family) == "")
    let stacked = "e" + String(repeating: "\u{301}", count: 1_000_000)
    #expect(TextLimit.reason.cut(stacked).unicodeScalars.count == 255)
  }

  @Test func `a long text is cut soon`() {
    let long = String(repeating: Self.family, count: 40_000)
    #expect(ContinuousClock().measure { _ = TextLimit.reason.cut(long) } < .seconds(1))
  }

  @Test func `what goes into a column of ASCII is printable ASCII`() {
    let limit = TextLimit(5, .scalars)
    #expect(limit.ascii("a b\u{0}金币") == "a?b??")
    #expect(limit.ascii("a b\u{7F}é", keepsSpaces: true) == "a b??")
    #expect(limit.ascii("") == "")
  }
}
