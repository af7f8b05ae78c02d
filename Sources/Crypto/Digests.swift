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

/// MD5 (RFC 1321). Broken as a protection: only for providers whose protocols ask for it.
public enum MD5 {
  /// - Returns: 16 bytes.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 16)
    let status = unsafe EVP_Digest(bytes, bytes.count, &output, nil, EVP_md5(), nil)
    precondition(status == 1, "OpenSSL has no MD5")
    return output
  }
}

/// SHA-1 (FIPS 180-4) over bytes that come in parts. Broken as a protection: only for the checksum
/// that WeChat Pay gives with its bills.
@safe public final class SHA1 {
  private let context: OpaquePointer

  public init() throws(CryptoError) {
    guard let context = unsafe EVP_MD_CTX_new() else { throw opensslError("EVP_MD_CTX_new") }
    unsafe self.context = unsafe context
    guard unsafe EVP_DigestInit_ex(context, EVP_sha1(), nil) == 1 else {
      throw opensslError("EVP_DigestInit_ex")
    }
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  public func update(_ bytes: some Sequence<UInt8>) throws(CryptoError) {
    let bytes = Array(bytes)
    guard unsafe EVP_DigestUpdate(context, bytes, bytes.count) == 1 else {
      throw opensslError("EVP_DigestUpdate")
    }
  }

  /// Ends the computation; call it once.
  /// - Returns: 20 bytes.
  public func finish() throws(CryptoError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 20)
    guard unsafe EVP_DigestFinal_ex(context, &output, nil) == 1 else {
      throw opensslError("EVP_DigestFinal_ex")
    }
    return output
  }
}

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
  /// - Returns: 32 bytes.
  public static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    unsafe hmac(EVP_sha256(), bytes: 32, for: message, key: key)
  }
}

/// HMAC with SHA-1 (RFC 2104). As a MAC it is not broken; only for one-time passwords, whose apps know
/// no other.
public enum HMACSHA1 {
  /// - Returns: 20 bytes.
  public static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    unsafe hmac(EVP_sha1(), bytes: 20, for: message, key: key)
  }
}

@unsafe private func hmac(
  _ digest: OpaquePointer?, bytes: Int, for message: [UInt8], key: [UInt8]
) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: bytes)
  var length: UInt32 = 0
  let result = unsafe HMAC(
    digest, key, Int32(key.count), message, message.count, &output, &length)
  let isDone = unsafe result != nil
  precondition(isDone && length == bytes, "OpenSSL lacks a digest")
  return output
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
