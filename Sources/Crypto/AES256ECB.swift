import COpenSSL

/// AES-256 block by block with PKCS #7 padding. It hides patterns badly and proves nothing: only for
/// the refund notifications of WeChat Pay v2, which are confirmed by a query.
public enum AES256ECB {
  /// Nil unless the length is a whole number of blocks and the padding is right.
  public static func open(_ ciphertext: [UInt8], key: SymmetricKey) -> [UInt8]? {
    guard !ciphertext.isEmpty, ciphertext.count.isMultiple(of: blockBytes),
      let count = Int32(exactly: ciphertext.count),
      let context = unsafe EVP_CIPHER_CTX_new()
    else { return nil }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    var output = [UInt8](repeating: 0, count: ciphertext.count + blockBytes)
    var length: Int32 = 0
    guard unsafe EVP_DecryptInit_ex(context, EVP_aes_256_ecb(), nil, key.bytes, nil) == 1,
      unsafe EVP_DecryptUpdate(context, &output, &length, ciphertext, count) == 1
    else {
      ERR_clear_error()
      return nil
    }
    var rest = [UInt8](repeating: 0, count: blockBytes)
    var restLength: Int32 = 0
    guard unsafe EVP_DecryptFinal_ex(context, &rest, &restLength) == 1 else {
      ERR_clear_error()
      return nil
    }
    return Array(output.prefix(Int(length)) + rest.prefix(Int(restLength)))
  }

  private static let blockBytes = 16
}
