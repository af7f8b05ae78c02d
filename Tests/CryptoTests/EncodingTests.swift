import Crypto
import Testing

struct EncodingTests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", "", ""), ("f", "66", "Zg=="), ("fo", "666f", "Zm8="), ("foo", "666f6f", "Zm9v"),
    ("foob", "666f6f62", "Zm9vYg=="), ("fooba", "666f6f6261", "Zm9vYmE="),
    ("foobar", "666f6f626172", "Zm9vYmFy"),
  ])
  func `base16 and base64 agree with RFC 4648`(text: String, base16: String, base64: String) {
    let bytes = Array(text.utf8)
    #expect(Hex.encode(bytes) == base16)
    #expect(Hex.decode(base16) == bytes)
    #expect(Base64.encode(bytes) == base64)
    #expect(Base64.decode(base64) == bytes)
    let withoutPadding = String(base64.prefix { $0 != "=" })
    #expect(Base64.encodeURLSafe(bytes) == withoutPadding)
    #expect(Base64.decodeURLSafe(withoutPadding) == bytes)
  }

  @Test func `bytes of every value and lists of every length come back`() throws {
    for count in 0...256 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base64.decodeURLSafe(Base64.encodeURLSafe(bytes)) == bytes)
    }
  }

  @Test func `hexadecimal digits are written small and read in either case`() {
    #expect(Hex.encode([0xAB, 0xCD, 0xEF, 0x01]) == "abcdef01")
    #expect(Hex.decode("ABcdEf01") == [0xAB, 0xCD, 0xEF, 0x01])
  }

  @Test(arguments: ["0", "abc", "0g", "g0", "0x", " 00", "00 ", "0 0 ", "+1", "-1", "é", "００"])
  func `text that is not base16 is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test func `the two alphabets of base64 differ in their last two characters`() {
    #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
    #expect(Base64.encodeURLSafe([0xFB, 0xEF, 0xFF]) == "--__")
    #expect(Base64.decode("--__") == nil)
    #expect(Base64.decodeURLSafe("++//") == nil)
  }

  @Test(arguments: [
    // Padding that is missing, too much, or in the wrong place.
    "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Zm9v====", "=", "==", "====", "Z===", "Z", "=Zg=",
    "Zg=A",
    "Zg==Zg==",
    // Unused bits that are not zero: two texts must never mean the same bytes.
    "Zh==", "Zm9=",
    // Characters from elsewhere.
    "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v\r\n\r\n", "Zm*v", "Zmé", "Ｚｍ９ｖ", "Zm9\u{0}",
  ])
  func `text that is not strict base64 is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(arguments: ["Zg==", "Zm8=", "Z", "Zm9vZ", "Zh", "Zm9", "Zm 8", "Zg\n", "Zm9v=", "é"])
  func `text that is not strict URL-safe base64 is refused`(text: String) {
    #expect(Base64.decodeURLSafe(text) == nil)
  }
}
