import Crypto
import Testing

struct KeyRingTests {
  private static let first = [UInt8](repeating: 0xA1, count: 32)
  private static let second = [UInt8](repeating: 0xB2, count: 32)
  private static let place = Array("user 7".utf8)

  private static func entry(_ id: String, _ key: [UInt8]) -> String {
    id + ":" + Base64.encode(key)
  }

  @Test func `a box has the documented form and opens again`() throws {
    let ring = try KeyRing(setting: Self.entry("2026-a", Self.first))
    for count in [0, 1, 15, 16, 17, 4_096] {
      let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      let box = try ring.seal(plaintext, associatedData: Self.place)
      #expect(box.count == 2 + 6 + 12 + count + 16)
      #expect(Array(box.prefix(8)) == [1, 6] + Array("2026-a".utf8))
      #expect(try ring.open(box, associatedData: Self.place) == plaintext)
    }
  }

  @Test func `the same text never gives the same box`() throws {
    let ring = try KeyRing(setting: Self.entry("k", Self.first))
    let boxes = try (0..<50).map { _ in try ring.seal([1, 2, 3], associatedData: []) }
    #expect(Set(boxes).count == 50)
  }

  @Test func `every flipped bit of a box is refused`() throws {
    let ring = try KeyRing(
      setting: Self.entry("k1", Self.first) + "," + Self.entry("k2", Self.second))
    let box = try ring.seal(Array("secret text".utf8), associatedData: Self.place)
    for bit in 0..<box.count * 8 {
      #expect(throws: CryptoError.self) {
        try ring.open(box.flippingBit(bit), associatedData: Self.place)
      }
    }
  }

  @Test func `every shortened box is refused`() throws {
    let ring = try KeyRing(setting: Self.entry("k1", Self.first))
    let box = try ring.seal([1, 2, 3], associatedData: Self.place)
    for count in 0..<box.count {
      #expect(throws: CryptoError.self) {
        try ring.open(Array(box.prefix(count)), associatedData: Self.place)
      }
    }
    #expect(throws: CryptoError.authenticationFailed) {
      try ring.open(box + [0], associatedData: Self.place)
    }
  }

  @Test func `a box does not open in another place`() throws {
    let ring = try KeyRing(setting: Self.entry("k1", Self.first))
    let box = try ring.seal([1, 2, 3], associatedData: Self.place)
    #expect(throws: CryptoError.authenticationFailed) {
      try ring.open(box, associatedData: Array("user 8".utf8))
    }
  }

  @Test func `keys are changed without losing what the old one encrypted`() throws {
    let old = Self.entry("old", Self.first)
    let new = Self.entry("new", Self.second)
    let before = try KeyRing(setting: old)
    let during = try KeyRing(setting: new + "," + old)
    let after = try KeyRing(setting: new)

    let oldBox = try before.seal([1], associatedData: Self.place)
    let newBox = try during.seal([2], associatedData: Self.place)
    #expect(try during.open(oldBox, associatedData: Self.place) == [1])
    #expect(try after.open(newBox, associatedData: Self.place) == [2])
    #expect(throws: CryptoError.unknownKey(id: "old")) {
      try after.open(oldBox, associatedData: Self.place)
    }
    #expect(throws: CryptoError.unknownKey(id: "new")) {
      try before.open(newBox, associatedData: Self.place)
    }
  }

  @Test func `another key under the same name does not open a box`() throws {
    let box = try KeyRing(setting: Self.entry("k", Self.first)).seal([1], associatedData: [])
    let other = try KeyRing(setting: Self.entry("k", Self.second))
    #expect(throws: CryptoError.authenticationFailed) { try other.open(box, associatedData: []) }
  }

  @Test(arguments: ["k\n", "", "K", "k k", "key:"])
  func `a box with a name that no key can have is malformed`(id: String) throws {
    // U+212A KELVIN SIGN equals "K" for String; the bytes differ, so the name does too.
    let name = id == "K" ? [0xE2, 0x84, 0xAA] : Array(id.utf8)
    let ring = try KeyRing(setting: Self.entry("K", Self.first))
    let box = try ring.seal([1], associatedData: [])
    #expect(throws: CryptoError.malformedBox) {
      try ring.open([1, UInt8(name.count)] + name + box.dropFirst(3), associatedData: [])
    }
  }

  @Test(arguments: ["k", "A-Z_09", String(repeating: "x", count: 32)])
  func `names of keys are letters, digits, dashes and underscores`(id: String) throws {
    let ring = try KeyRing(setting: Self.entry(id, Self.first))
    #expect(try ring.open(ring.seal([5], associatedData: []), associatedData: []) == [5])
  }

  @Test func `a malformed setting is refused with its place and never shows key bytes`() {
    let key = Base64.encode(Self.first)
    let good = "good:" + key
    let settings = [
      ("", "entry 1"), (key, "entry 1"), (":" + key, "entry 1"), ("a b:" + key, "entry 1"),
      (String(repeating: "x", count: 33) + ":" + key, "entry 1"), ("é:" + key, "entry 1"),
      (good + ",", "entry 2"), (good + "," + key, "entry 2"), ("," + good, "entry 1"),
      (good + ", b:" + key, "entry 2"), (good + "\n", "'good'"), (good + "=", "'good'"),
      ("k:", "'k'"), ("k:" + Base64.encode(Array(Self.first.dropLast())), "'k'"),
      ("k:" + Base64.encode(Self.first + [1]), "'k'"), ("k:" + Hex.encode(Self.first), "'k'"),
      (good + "," + good, "'good'"), ("k:" + key + ":" + key, "'k'"),
    ]
    for (setting, place) in settings {
      let error = #expect(throws: CryptoError.self) { try KeyRing(setting: setting) }
      let text = error.map { "\($0) \(String(reflecting: $0))" } ?? ""
      #expect(text.contains(place))
      #expect(!text.contains(key.prefix(8)))
      #expect(!text.contains(Hex.encode(Self.first).prefix(8)))
    }
  }

  @Test func `a key and a ring hide themselves when printed`() throws {
    let key = try #require(SymmetricKey(Self.first))
    let ring = try KeyRing(setting: Self.entry("k", Self.first))
    var text = "\(key) \(String(reflecting: key)) \(ring) \(String(reflecting: ring))"
    dump(key, to: &text)
    dump(ring, to: &text)
    #expect(!text.contains("161"))
    #expect(!text.contains(Base64.encode(Self.first)))
    #expect(!text.lowercased().contains("a1"))
  }
}
