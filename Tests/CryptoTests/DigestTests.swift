import Crypto
import Testing

struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `SHA-256 agrees with the examples of FIPS 180`(message: String, digest: String) {
    #expect(Hex.encode(SHA256.digest(Array(message.utf8))) == digest)
  }

  /// RFC 4231, section 4. Case 5 is published cut to 128 bits.
  struct Case: Sendable {
    let key: [UInt8]
    let message: [UInt8]
    let code: String

    init(_ key: [UInt8], _ message: [UInt8], _ code: String) {
      self.key = key
      self.message = message
      self.code = code
    }
  }

  private static let longKey = [UInt8](repeating: 0xAA, count: 131)

  private static let cases = [
    Case(
      [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Case(
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Case(
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Case(
      Array(0x01...0x19), [UInt8](repeating: 0xCD, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Case(
      [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
      "a3b6167473100ee06e0c796c2955552b"),
    Case(
      longKey, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Case(
      longKey,
      Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm.
        """.utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
  ]

  @Test(arguments: cases)
  func `HMAC-SHA-256 agrees with RFC 4231`(example: Case) {
    let code = HMACSHA256.authenticationCode(for: example.message, key: example.key)
    #expect(code.count == 32)
    #expect(Hex.encode(code).hasPrefix(example.code))
  }

  @Test func `HMAC takes an empty key and an empty message`() {
    #expect(
      Hex.encode(HMACSHA256.authenticationCode(for: [], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func `comparison in constant time sees every bit and every length`() {
    let bytes = Array("0123456789abcdef".utf8)
    #expect(constantTimeEqual(bytes, bytes))
    #expect(constantTimeEqual([], []))
    #expect(!constantTimeEqual(bytes, []))
    #expect(!constantTimeEqual(bytes, Array(bytes.dropLast())))
    #expect(!constantTimeEqual(bytes, bytes + [0]))
    for bit in 0..<bytes.count * 8 {
      #expect(!constantTimeEqual(bytes, bytes.flippingBit(bit)))
    }
  }

  @Test func `random bytes are as many as asked for and never the same`() throws {
    #expect(try randomBytes(count: 0).isEmpty)
    let values = try (0..<100).map { _ in try randomBytes(count: 16) }
    #expect(values.allSatisfy { $0.count == 16 })
    #expect(Set(values).count == 100)
  }
}

extension [UInt8] {
  func flippingBit(_ bit: Int) -> [UInt8] {
    var copy = self
    copy[bit / 8] ^= 1 << UInt8(bit % 8)
    return copy
  }
}
