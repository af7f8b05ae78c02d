import Crypto
import Testing

struct AEADTests {
  /// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: cases 13 to 16.
  struct Case: Sendable {
    let key: String
    let nonce: String
    let plaintext: String
    let associatedData: String
    let ciphertext: String
    let tag: String
  }

  private static let zeroKey = String(repeating: "00", count: 32)
  private static let zeroNonce = String(repeating: "00", count: 12)
  private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  private static let nonce = "cafebabefacedbaddecaf888"

  private static let case15 = Case(
    key: key, nonce: nonce,
    plaintext: """
      d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
      1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
      """,
    associatedData: "",
    ciphertext: """
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
      8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
      """,
    tag: "b094dac5d93471bdec1a502270e3cc6c")

  private static let cases = [
    Case(
      key: zeroKey, nonce: zeroNonce, plaintext: "", associatedData: "", ciphertext: "",
      tag: "530f8afbc74536b9a963b4f1c4cb738b"),
    Case(
      key: zeroKey, nonce: zeroNonce, plaintext: "00000000000000000000000000000000",
      associatedData: "", ciphertext: "cea7403d4d606b6e074ec5d3baf39d18",
      tag: "d0d1c8a799996bf0265b98b5d48ab919"),
    case15,
    Case(
      key: key, nonce: nonce, plaintext: String(case15.plaintext.dropLast(8)),
      associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      ciphertext: String(case15.ciphertext.dropLast(8)), tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  @Test(arguments: cases)
  func `AES-256-GCM agrees with the published cases`(example: Case) throws {
    let key = try #require(Hex.decode(example.key).flatMap { SymmetricKey($0) })
    let nonce = try #require(Hex.decode(example.nonce))
    let plaintext = try #require(Hex.decode(example.plaintext))
    let associatedData = try #require(Hex.decode(example.associatedData))
    let box = try AEAD.seal(plaintext, key: key, nonce: nonce, associatedData: associatedData)
    #expect(Hex.encode(box) == example.ciphertext + example.tag)
    #expect(
      try AEAD.open(box, key: key, nonce: nonce, associatedData: associatedData) == plaintext)
  }

  @Test func `another key, nonce or place does not open a box`() throws {
    let key = try #require(SymmetricKey([UInt8](repeating: 7, count: 32)))
    let other = try #require(SymmetricKey([UInt8](repeating: 8, count: 32)))
    let nonce = [UInt8](repeating: 1, count: 12)
    let box = try AEAD.seal([1, 2, 3], key: key, nonce: nonce, associatedData: [9])
    #expect(throws: CryptoError.authenticationFailed) {
      try AEAD.open(box, key: other, nonce: nonce, associatedData: [9])
    }
    #expect(throws: CryptoError.authenticationFailed) {
      try AEAD.open(box, key: key, nonce: nonce.flippingBit(0), associatedData: [9])
    }
    #expect(throws: CryptoError.authenticationFailed) {
      try AEAD.open(box, key: key, nonce: nonce, associatedData: [])
    }
    #expect(throws: CryptoError.authenticationFailed) {
      try AEAD.open(Array(box.dropFirst()), key: key, nonce: nonce, associatedData: [9])
    }
    #expect(throws: CryptoError.malformedBox) {
      try AEAD.open(Array(box.prefix(15)), key: key, nonce: nonce, associatedData: [9])
    }
  }

  @Test(arguments: [0, 11, 13, 16])
  func `a nonce of another length is refused`(count: Int) throws {
    let key = try #require(SymmetricKey([UInt8](repeating: 7, count: 32)))
    let nonce = [UInt8](repeating: 1, count: count)
    #expect(throws: CryptoError.self) {
      try AEAD.seal([1], key: key, nonce: nonce, associatedData: [])
    }
    #expect(throws: CryptoError.self) {
      try AEAD.open([UInt8](repeating: 0, count: 17), key: key, nonce: nonce, associatedData: [])
    }
  }

  @Test(arguments: [0, 16, 31, 33, 64])
  func `a key of another length is refused`(count: Int) {
    #expect(SymmetricKey([UInt8](repeating: 0, count: count)) == nil)
  }
}
