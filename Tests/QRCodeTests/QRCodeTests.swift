import QRCode
import Testing

@Suite struct QRCodeTests {
  @Test func `a code is a picture with a quiet zone`() throws {
    let svg = try #require(QRCode.svg("weixin://wxpay/bizpayurl?pr=abc"))
    // Version 3 has 29 modules; four empty ones surround them.
    #expect(svg.contains(#"viewBox="0 0 37 37""#))
    #expect(svg.hasSuffix("</svg>"))
  }

  @Test func `text never becomes markup`() throws {
    let svg = try #require(QRCode.svg("\"><script>alert(1)</script>"))
    #expect(!svg.contains("script"))
  }

  @Test func `nothing and too much are refused`() {
    #expect(QRCode.svg("") == nil)
    #expect(QRCode.svg(String(repeating: "x", count: QRCode.textBytesMax + 1)) == nil)
  }
}
