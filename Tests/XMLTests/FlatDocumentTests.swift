import Testing
import XML

@Suite struct FlatDocumentTests {
  static func fields(_ text: String) throws(XMLError) -> [String] {
    try FlatDocument(Array(text.utf8)).fields.map { "\($0.name)=\($0.value)" }
  }

  @Test func `values are as they were written`() throws {
    let text =
      "<xml>\n<a><![CDATA[ <b>&amp; ]]></a><c>1 &lt; 2</c><d/><e>x<![CDATA[y]]>z</e><f> </f></xml>"
    #expect(try Self.fields(text) == ["a= <b>&amp; ", "c=1 < 2", "d=", "e=xyz", "f= "])
  }

  @Test func `what is written is read back`() throws {
    let fields = [
      ("a", "]]>"), ("b", "<&>\"'"), ("c", ""), ("d", "金币 ]]]]>>"), ("e", "\n "),
      ("f", "]]>\u{301}]]\u{301}>]]]>\u{200D}<b>"),
    ]
    let document = try FlatDocument(
      FlatDocument.write(root: "xml", fields.map { (name: $0.0, value: $0.1) }))
    #expect(document.fields.map(\.value) == fields.map(\.1))
    #expect(document["b"] == "<&>\"'")
  }

  @Test(arguments: [
    ("<!DOCTYPE xml><xml/>", XMLError.documentType),
    ("<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><c>&a;</c></xml>", .documentType),
    ("<!DOCTYPE xml SYSTEM \"file:///etc/passwd\"><xml/>", .documentType),
    ("<?xml version=\"1.0\"?>\n<!-- a <b> --> <!DOCTYPE xml><xml/>", .documentType),
    ("<!ENTITY a \"b\"><xml/>", .documentType),
    ("<!doctype xml [<!ENTITY a \"b\">]><xml><c>&a;</c></xml>", .documentType),
    ("<xml><a>1</a><a>2</a></xml>", .repeatedElement), ("<xml><a><b/></a></xml>", .nested),
    ("<xml><a>&unknown;</a></xml>", .malformed), ("<xml><a></xml>", .malformed),
    ("<xml/><xml/>", .malformed), ("", .malformed), ("text", .malformed),
    ("<xml><a>\u{0}</a></xml>", .malformed),
  ])
  func `anything else is refused`(text: String, error: XMLError) {
    #expect(throws: error) { try Self.fields(text) }
  }

  @Test func `an encoding other than UTF-8 is not followed`() throws {
    let utf16: [UInt8] =
      [0xFF, 0xFE] + "<xml/>".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(throws: XMLError.malformed) { try FlatDocument(utf16) }
    let declared = Array(#"<?xml version="1.0" encoding="ISO-8859-1"?><xml><a>é</a></xml>"#.utf8)
    try #expect(FlatDocument(declared)["a"] == "é")
  }

  @Test func `a document type in a value is text`() throws {
    #expect(
      try Self.fields("<!-- a --><xml><a><![CDATA[<!DOCTYPE b>]]></a></xml>") == ["a=<!DOCTYPE b>"])
  }

  @Test func `the parser stops at what is refused`() {
    // Each of these names would be kept, were it read to its end.
    let nested = "<xml><a><b/>" + String(repeating: "<c>", count: 15_000)
    #expect(throws: XMLError.nested) { try Self.fields(nested) }
    let entities = (0..<20).map {
      "<!ENTITY e\($0) \"" + String(repeating: "&e\($0 + 1);", count: 20) + "\">"
    }
    let bomb = "<!DOCTYPE x [" + entities.joined() + "<!ENTITY e20 \"x\">]><x><a>&e0;</a></x>"
    let start = ContinuousClock.now
    #expect(throws: XMLError.documentType) { try Self.fields(bomb) }
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test func `a value of bytes that are of no character is kept byte by byte`() throws {
    let head = Array("<xml><a>9</a><b><![CDATA[".utf8)
    let odd: [UInt8] = [0xE9, 0x87, 0x80, 0x26, 0xFF, 0xC3, 0xA9]
    let document = try FlatDocument(head + odd + "]]></b><c>&#x4E2D;&#233;</c></xml>".utf8)
    #expect(document["a"] == "9")
    #expect(document.rawFields[1].value == odd)
    #expect(document["b"]?.contains("\u{FFFD}") == true)
    #expect(document.rawFields[2].value.starts(with: "中".utf8))
    #expect(throws: XMLError.malformed) {
      try FlatDocument(Array("<xml><a".utf8) + [0xFF] + Array("/></xml>".utf8))
    }
    #expect(throws: XMLError.documentType) {
      try FlatDocument(Array("<!DOCTYPE xml><xml><a>".utf8) + odd + Array("</a></xml>".utf8))
    }
  }

  @Test func `bounds are kept`() {
    let large = "<xml><a>" + String(repeating: "x", count: FlatDocument.bytesMax) + "</a></xml>"
    #expect(throws: XMLError.tooLarge) { try Self.fields(large) }
    let many = "<xml>" + (0...FlatDocument.fieldsMax).map { "<a\($0)/>" }.joined() + "</xml>"
    #expect(throws: XMLError.tooManyElements) { try Self.fields(many) }
    let deep = String(repeating: "<a>", count: 20_000)
    #expect(throws: XMLError.nested) { try Self.fields(deep) }
  }
}
