/// What a key ring says about a key that stored values name.
public enum KeyState: Hashable, Sendable {
  case holds
  /// The ring has no key of that id.
  case missing
  /// The ring has another key under that id.
  case another
}

extension KeyRing {
  /// The id of the key that encrypts.
  public var firstID: String { keys.first?.id ?? "" }

  /// All ids, the one that encrypts first.
  public var ids: [String] { keys.map(\.id) }

  /// How every box begins that the first key sealed.
  public var firstPrefix: [UInt8] {
    [KeyRing.version, UInt8(firstID.utf8.count)] + Array(firstID.utf8)
  }

  private static let checkText = Array("CoinPay encryption key check".utf8)

  private static func checkPlace(_ id: String) -> [UInt8] {
    Array("encryption_key_checks.check_value|\(id)".utf8)
  }

  /// A constant sealed with the key of that id, by which the same key is known again.
  /// - Throws: `unknownKey`.
  public func checkValue(for id: String) throws(CryptoError) -> [UInt8] {
    guard let entry = keys.first(where: { $0.id == id }) else { throw .unknownKey(id: id) }
    return try KeyRing.seal(
      KeyRing.checkText, with: entry, associatedData: KeyRing.checkPlace(id))
  }

  /// Whether the key of that id is the one that a check value was made with.
  public func state(of id: String, checkValue: [UInt8]) -> KeyState {
    guard keys.contains(where: { $0.id == id }) else { return .missing }
    let plain = try? open(checkValue, associatedData: KeyRing.checkPlace(id))
    return plain == KeyRing.checkText ? .holds : .another
  }
}
