import Testing

@testable import Crypto

/// Published vectors of what only old protocols still ask for.
@Suite struct WeakDigestTests {
  @Test func `MD5 of RFC 1321`() {
    #expect(Hex.encode(MD5.digest([])) == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(
      Hex.encode(MD5.digest(Array("message digest".utf8))) == "f96b697d7cb7938d525a2f31aaf161d0")
  }

  @Test func `SHA-1 of RFC 3174, in one part and in many`() throws {
    let whole = try SHA1()
    try whole.update(Array("abc".utf8))
    #expect(Hex.encode(try whole.finish()) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    let parts = try SHA1()
    for _ in 0..<10 { try parts.update(Array(repeating: UInt8(ascii: "a"), count: 100_000)) }
    #expect(Hex.encode(try parts.finish()) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test func `AES-256-ECB as WeChat Pay's own SDK encrypts it`() throws {
    let key = try #require(SymmetricKey(Array("0123456789abcdef0123456789abcdef".utf8)))
    let box = try #require(Base64.decode("pZwJZBLuy3mDACEQT4YTBw=="))
    #expect(AES256ECB.open(box, key: key) == Array("hello".utf8))
    #expect(AES256ECB.open(Array(box.dropLast()), key: key) == nil)
    #expect(AES256ECB.open([], key: key) == nil)
    var flipped = box
    flipped[15] ^= 1
    #expect(AES256ECB.open(flipped, key: key) != Array("hello".utf8))
  }
}
