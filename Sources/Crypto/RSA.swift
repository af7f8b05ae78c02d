import COpenSSL

/// OpenSSL's key object.
///
/// Invariant: an RSA key of at least `RSAPublicKey.bitsMin` bits that is never changed.
@safe final class RSAKeyObject: @unchecked Sendable {
  // Proof of Sendable: the key is only read, which OpenSSL allows from many threads at once.
  fileprivate let pointer: OpaquePointer

  /// - Parameter pointer: owned by this object from now on.
  init(takingOwnershipOf pointer: OpaquePointer) throws(KeyError) {
    unsafe self.pointer = unsafe pointer
    guard unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 else {
      throw .wrongKind(expected: "an RSA key", found: "a key of another algorithm")
    }
    let bits = Int(unsafe EVP_PKEY_get_bits(pointer))
    guard bits >= RSAPublicKey.bitsMin else { throw .tooShort(bits: bits) }
  }

  deinit { unsafe EVP_PKEY_free(pointer) }

  /// The public half as SubjectPublicKeyInfo.
  var publicDER: [UInt8] {
    let length = unsafe i2d_PUBKEY(pointer, nil)
    guard length > 0 else { return [] }
    var der = [UInt8](repeating: 0, count: Int(length))
    unsafe der.withUnsafeMutableBufferPointer { buffer in
      var position = buffer.baseAddress
      _ = unsafe i2d_PUBKEY(pointer, &position)
    }
    return der
  }
}

/// Checks signatures RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
public struct RSAPublicKey: Sendable {
  /// Shortest modulus that is accepted, in bits.
  public static let bitsMin = 2_048

  let key: RSAKeyObject

  init(_ key: RSAKeyObject) { self.key = key }

  /// Reads PEM or bare base64, SubjectPublicKeyInfo or PKCS #1.
  public init(text: String) throws(KeyError) {
    guard let block = try KeyText.all(text).first else { throw .unreadable("it is empty") }
    if let label = block.label, !["PUBLIC KEY", "RSA PUBLIC KEY"].contains(label) {
      throw .wrongKind(expected: "a public key", found: label.lowercased())
    }
    if let key = unsafe RSAPublicKey.decode(block.der) {
      unsafe self.init(try RSAKeyObject(takingOwnershipOf: unsafe key))
      return
    }
    if RSAPrivateKey.isPrivateKey(block.der) {
      throw .wrongKind(expected: "a public key", found: "a private key")
    }
    throw .unreadable("it is no public key (SubjectPublicKeyInfo or PKCS #1)")
  }

  private static func decode(_ der: [UInt8]) -> OpaquePointer? {
    let count = der.count
    return unsafe der.withUnsafeBufferPointer { buffer in
      var position = buffer.baseAddress
      if let key = unsafe d2i_PUBKEY(nil, &position, count) { return unsafe key }
      unsafe position = buffer.baseAddress
      let key = unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, &position, count)
      ERR_clear_error()
      return unsafe key
    }
  }

  public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer {
      unsafe EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key.pointer) == 1 else {
      return false
    }
    return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count)
      == 1
  }

  /// Whether both are the same key, however they were written.
  public func isSame(as other: RSAPublicKey) -> Bool { key.publicDER == other.key.publicDER }
}

/// Makes signatures RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
public struct RSAPrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
  private let key: RSAKeyObject

  /// Reads PEM or bare base64, PKCS #1 or unencrypted PKCS #8.
  public init(text: String) throws(KeyError) {
    guard let block = try KeyText.all(text).first else { throw .unreadable("it is empty") }
    if let label = block.label, !["PRIVATE KEY", "RSA PRIVATE KEY"].contains(label) {
      throw .wrongKind(expected: "a private key without a password", found: label.lowercased())
    }
    guard let key = unsafe RSAPrivateKey.decode(block.der) else {
      if (try? RSAPublicKey(text: text)) != nil {
        throw .wrongKind(expected: "a private key", found: "a public key")
      }
      throw .unreadable("it is no private key (PKCS #1 or PKCS #8)")
    }
    self.key = unsafe try RSAKeyObject(takingOwnershipOf: unsafe key)
  }

  static func isPrivateKey(_ der: [UInt8]) -> Bool {
    guard let key = unsafe decode(der) else { return false }
    unsafe EVP_PKEY_free(key)
    return true
  }

  private static func decode(_ der: [UInt8]) -> OpaquePointer? {
    let count = der.count
    return unsafe der.withUnsafeBufferPointer { buffer in
      var position = buffer.baseAddress
      let key = unsafe d2i_AutoPrivateKey(nil, &position, count)
      ERR_clear_error()
      return unsafe key
    }
  }

  public var publicKey: RSAPublicKey { RSAPublicKey(key) }

  public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
    guard let context = unsafe EVP_MD_CTX_new() else { throw opensslError("EVP_MD_CTX_new") }
    defer { unsafe EVP_MD_CTX_free(context) }
    var length = Int(unsafe EVP_PKEY_get_size(key.pointer))
    var signature = [UInt8](repeating: 0, count: length)
    guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key.pointer) == 1,
      unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1
    else { throw opensslError("EVP_DigestSign") }
    return Array(signature.prefix(length))
  }

  public var description: String { "<private key>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
