import Crypto
import Sealing
import Vocabulary

extension SealKey {
  private static let version = "v1"
  /// Where the one row's box belongs.
  private static let place = "1"

  /// `v1 key=… made=… upgrade=1 entries=17 …`, encrypted.
  func box(_ ring: KeyRing) throws(CryptoError) -> [UInt8] {
    let words =
      [
        SealKey.version, "key=\(Hex.encode(bytes))", "made=\(madeAt.microseconds)",
        "upgrade=\(isUpgrade ? 1 : 0)",
      ] + unsealed.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
      + (oldDigest.map { ["old=\(Hex.encode($0))"] } ?? [])
    return try SealedColumn.sealKey.seal(
      Array(words.joined(separator: " ").utf8), at: SealKey.place, with: ring)
  }

  /// Nil when the text is none of ours.
  init?(box: [UInt8], _ ring: KeyRing) throws(CryptoError) {
    let plain = try SealedColumn.sealKey.open(box, at: SealKey.place, with: ring)
    let words = String(decoding: plain, as: UTF8.self).split(separator: " ")
    guard words.first == Substring(SealKey.version) else { return nil }
    var values: [String: Substring] = [:]
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else { return nil }
      values[String(word[..<equals])] = word[word.index(after: equals)...]
    }
    guard let bytes = values["key"].flatMap({ Hex.decode($0) }), bytes.count == Self.bytesCount,
      let made = values["made"].flatMap({ Int64($0) })
    else { return nil }
    var unsealed: [SealedTable: Int64] = [:]
    for table in SealedTable.allCases {
      unsealed[table] = values[table.rawValue].flatMap { Int64($0) }
    }
    self.init(
      bytes: bytes, unsealed: unsealed, madeAt: Timestamp(microseconds: made),
      isUpgrade: values["upgrade"] == "1",
      oldDigest: values["old"].flatMap { Hex.decode($0) })
  }
}
