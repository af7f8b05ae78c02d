/// Why an operation on secrets did not succeed. No text of it contains key or plain bytes.
public enum CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
  /// OpenSSL refused an operation that cannot fail on sound input.
  case openSSL(operation: String)
  /// A sealed box is not of the form that `KeyRing` writes.
  case malformedBox
  /// A sealed box names a key that the ring does not hold.
  case unknownKey(id: String)
  /// The box or its associated data was altered, or the key is another one of the same name.
  case authenticationFailed
  /// A setting that lists keys cannot be read; the text says which entry.
  case invalidKeys(reason: String)

  public var description: String {
    switch self {
    case .openSSL(let operation): "OpenSSL failed at \(operation)"
    case .malformedBox: "the encrypted value is not of a known form"
    case .unknownKey(let id): "the encryption key '\(id)' is not configured"
    case .authenticationFailed: "the encrypted value was altered or its key is another one"
    case .invalidKeys(let reason): reason
    }
  }
}
