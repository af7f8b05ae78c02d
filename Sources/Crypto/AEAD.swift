import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag.
public enum AEAD {
  public static let nonceBytes = 12
  public static let tagBytes = 16

  /// - Parameter nonce: 12 bytes, never used before with this key.
  /// - Returns: the ciphertext followed by the tag.
  public static func seal(
    _ plaintext: [UInt8], key: SymmetricKey, nonce: [UInt8], associatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let context = try Context(key: key, nonce: nonce, isSealing: true)
    try context.addAssociatedData(associatedData)
    let ciphertext = try context.update(plaintext)
    guard context.finish() else { throw opensslError("EVP_CipherFinal_ex") }
    return ciphertext + (try context.tag())
  }

  /// - Parameter box: the ciphertext followed by the tag.
  /// - Throws: `authenticationFailed` when a bit of anything differs.
  public static func open(
    _ box: [UInt8], key: SymmetricKey, nonce: [UInt8], associatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    guard box.count >= tagBytes else { throw .malformedBox }
    let context = try Context(key: key, nonce: nonce, isSealing: false)
    try context.addAssociatedData(associatedData)
    let plaintext = try context.update(Array(box.dropLast(tagBytes)))
    try context.setTag(Array(box.suffix(tagBytes)))
    guard context.finish() else {
      ERR_clear_error()
      throw .authenticationFailed
    }
    return plaintext
  }

  /// One run of the cipher.
  @safe private final class Context {
    private let context: OpaquePointer
    private let isSealing: Bool

    init(key: SymmetricKey, nonce: [UInt8], isSealing: Bool) throws(CryptoError) {
      guard let context = unsafe EVP_CIPHER_CTX_new() else {
        throw opensslError("EVP_CIPHER_CTX_new")
      }
      unsafe self.context = unsafe context
      self.isSealing = isSealing
      let mode: Int32 = isSealing ? 1 : 0
      guard nonce.count == AEAD.nonceBytes,
        unsafe EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, nil, nil, mode) == 1,
        unsafe coinpay_gcm_set_iv_length(context, Int32(nonce.count)) == 1,
        unsafe EVP_CipherInit_ex(context, nil, nil, key.bytes, nonce, mode) == 1
      else { throw opensslError("EVP_CipherInit_ex") }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func addAssociatedData(_ data: [UInt8]) throws(CryptoError) {
      guard !data.isEmpty else { return }
      var length: Int32 = 0
      guard unsafe EVP_CipherUpdate(context, nil, &length, data, Int32(data.count)) == 1 else {
        throw opensslError("EVP_CipherUpdate")
      }
    }

    func update(_ input: [UInt8]) throws(CryptoError) -> [UInt8] {
      guard !input.isEmpty else { return [] }
      var output = [UInt8](repeating: 0, count: input.count)
      var length: Int32 = 0
      guard unsafe EVP_CipherUpdate(context, &output, &length, input, Int32(input.count)) == 1,
        Int(length) == input.count
      else { throw opensslError("EVP_CipherUpdate") }
      return output
    }

    func finish() -> Bool {
      var rest = [UInt8](repeating: 0, count: AEAD.tagBytes)
      var length: Int32 = 0
      return unsafe EVP_CipherFinal_ex(context, &rest, &length) == 1
    }

    func tag() throws(CryptoError) -> [UInt8] {
      var tag = [UInt8](repeating: 0, count: AEAD.tagBytes)
      guard unsafe coinpay_gcm_get_tag(context, Int32(tag.count), &tag) == 1 else {
        throw opensslError("EVP_CTRL_GCM_GET_TAG")
      }
      return tag
    }

    func setTag(_ tag: [UInt8]) throws(CryptoError) {
      var tag = tag
      guard unsafe coinpay_gcm_set_tag(context, Int32(tag.count), &tag) == 1 else {
        throw opensslError("EVP_CTRL_GCM_SET_TAG")
      }
    }
  }
}
