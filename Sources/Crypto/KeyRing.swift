/// The keys that protect stored values: the first encrypts, all decrypt, so that keys can be changed
/// while the site runs.
///
/// A box is: version byte 1, length of the key's id, the id, nonce (12), ciphertext, tag (16).
public struct KeyRing: Sendable {
  typealias Entry = (id: String, key: SymmetricKey)

  let keys: [Entry]

  static let version: UInt8 = 1
  static let idCharactersMax = 32

  /// Reads `id:base64,id:base64…`.
  /// - Throws: `invalidKeys`, naming the entry by its place and never its bytes.
  public init(setting: String) throws(CryptoError) {
    var keys: [Entry] = []
    let entries = setting.split(separator: ",", omittingEmptySubsequences: false)
    for (index, entry) in entries.enumerated() {
      let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, KeyRing.isID(parts[0].utf8) else {
        throw .invalidKeys(reason: "entry \(index + 1) is not of the form id:base64")
      }
      guard let bytes = Base64.decode(parts[1]), let key = SymmetricKey(bytes) else {
        throw .invalidKeys(reason: "key '\(parts[0])' is not the base64 of exactly 32 bytes")
      }
      guard !keys.contains(where: { $0.id == parts[0] }) else {
        throw .invalidKeys(reason: "key '\(parts[0])' is named twice")
      }
      keys.append((String(parts[0]), key))
    }
    self.keys = keys
  }

  private static func isID(_ bytes: some Collection<UInt8>) -> Bool {
    (1...idCharactersMax).contains(bytes.count)
      && bytes.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
      }
  }

  /// Encrypts with the first key.
  /// - Parameter associatedData: names the place that the box belongs to; needed again to open it.
  public func seal(
    _ plaintext: [UInt8], associatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    guard let first = keys.first else { throw .invalidKeys(reason: "there is no key") }
    return try KeyRing.seal(plaintext, with: first, associatedData: associatedData)
  }

  static func seal(
    _ plaintext: [UInt8], with entry: Entry, associatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let nonce = try randomBytes(count: AEAD.nonceBytes)
    let sealed = try AEAD.seal(
      plaintext, key: entry.key, nonce: nonce, associatedData: associatedData)
    return [version, UInt8(entry.id.utf8.count)] + Array(entry.id.utf8) + nonce + sealed
  }

  /// Decrypts with the key that the box names.
  public func open(
    _ box: [UInt8], associatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    guard box.count >= 2, box[0] == KeyRing.version else { throw .malformedBox }
    let idEnd = 2 + Int(box[1])
    let nonceEnd = idEnd + AEAD.nonceBytes
    // Checked before it becomes text: other bytes would reach a log, or equal an id only as Unicode.
    guard box.count >= nonceEnd + AEAD.tagBytes, KeyRing.isID(box[2..<idEnd]) else {
      throw .malformedBox
    }
    let id = String(decoding: box[2..<idEnd], as: UTF8.self)
    guard let key = keys.first(where: { $0.id == id })?.key else { throw .unknownKey(id: id) }
    return try AEAD.open(
      Array(box[nonceEnd...]), key: key, nonce: Array(box[idEnd..<nonceEnd]),
      associatedData: associatedData)
  }
}
