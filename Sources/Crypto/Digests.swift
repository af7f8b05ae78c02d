import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// - Returns: 32 bytes.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    let status = unsafe EVP_Digest(bytes, bytes.count, &output, nil, EVP_sha256(), nil)
    precondition(status == 1, "OpenSSL has no SHA-256")
    return output
  }
}

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
  /// - Returns: 32 bytes.
  public static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let result = unsafe HMAC(
      EVP_sha256(), key, Int32(key.count), message, message.count, &output, &length)
    let isDone = unsafe result != nil
    precondition(isDone && length == 32, "OpenSSL has no HMAC-SHA-256")
    return output
  }
}

/// Compares without telling by its duration where the first difference is.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  guard left.count == right.count else { return false }
  return unsafe CRYPTO_memcmp(left, right, left.count) == 0
}

/// Bytes of OpenSSL's CSPRNG.
public func randomBytes(count: Int) throws(CryptoError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard unsafe RAND_bytes(&bytes, Int32(count)) == 1 else { throw opensslError("RAND_bytes") }
  return bytes
}

/// Empties OpenSSL's error queue, so that no later call finds an old error.
func opensslError(_ operation: String) -> CryptoError {
  ERR_clear_error()
  return .openSSL(operation: operation)
}
