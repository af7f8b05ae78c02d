import Crypto
import Testing

struct Base32Tests {
  /// RFC 4648, section 10, without the padding.
  @Test(arguments: [
    ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
    ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
  ])
  func `base32 agrees with RFC 4648`(text: String, base32: String) {
    #expect(Base32.encode(Array(text.utf8)) == base32)
  }

  /// RFC 2202, section 3, cases 1 and 2.
  @Test func `HMAC-SHA-1 agrees with RFC 2202`() {
    let first = HMACSHA1.authenticationCode(
      for: Array("Hi There".utf8), key: [UInt8](repeating: 0x0B, count: 20))
    #expect(Hex.encode(first) == "b617318655057264e28bc0b6fb378c8ef146be00")
    let second = HMACSHA1.authenticationCode(
      for: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(Hex.encode(second) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
  }
}
