import COpenSSL

/// An X.509 certificate (RFC 5280).
@safe public final class Certificate: @unchecked Sendable {
  // Proof of Sendable: the certificate is only read, which OpenSSL allows from many threads at once.
  private let pointer: OpaquePointer

  private init(takingOwnershipOf pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe X509_free(pointer) }

  /// Reads every certificate of a PEM text, or one of bare base64, in the order of the text.
  public static func all(text: String) throws(KeyError) -> [Certificate] {
    var certificates: [Certificate] = []
    for block in try KeyText.all(text) {
      if let label = block.label, !["CERTIFICATE", "X509 CERTIFICATE"].contains(label) {
        throw .wrongKind(expected: "a certificate", found: label.lowercased())
      }
      certificates.append(try Certificate(der: block.der))
    }
    return certificates
  }

  /// Reads the first certificate of a text.
  public static func first(text: String) throws(KeyError) -> Certificate {
    guard let first = try all(text: text).first else { throw .unreadable("it is empty") }
    return first
  }

  private convenience init(der: [UInt8]) throws(KeyError) {
    let count = der.count
    let pointer = unsafe der.withUnsafeBufferPointer { buffer in
      var position = buffer.baseAddress
      let certificate = unsafe d2i_X509(nil, &position, count)
      ERR_clear_error()
      return unsafe certificate
    }
    guard let pointer = unsafe pointer else { throw .unreadable("it is no certificate") }
    unsafe self.init(takingOwnershipOf: pointer)
  }

  /// The RSA key that the certificate is about.
  public func publicKey() throws(KeyError) -> RSAPublicKey {
    guard let key = unsafe X509_get_pubkey(pointer) else {
      ERR_clear_error()
      throw .unreadable("its key is of an unknown kind")
    }
    return unsafe RSAPublicKey(try RSAKeyObject(takingOwnershipOf: unsafe key))
  }

  /// The issuer as RFC 2253 writes it: `CN=…,OU=…,O=…,C=…`.
  public var issuer: String {
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { return "" }
    defer { unsafe BIO_free(bio) }
    guard unsafe coinpay_print_name(bio, X509_get_issuer_name(pointer)) >= 0 else { return "" }
    var bytes: UnsafeMutablePointer<CChar>?
    let count = Int(unsafe coinpay_bio_memory(bio, &bytes))
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: max(0, count)), as: UTF8.self)
  }

  /// The serial number in base 10.
  public var serialDecimal: String { unsafe serialText { unsafe BN_bn2dec($0) } }

  /// The serial number in base 16, upper case, without a leading zero.
  public var serialHex: String {
    let text = unsafe serialText { unsafe BN_bn2hex($0) }
    return String(text.drop { $0 == "0" })
  }

  private func serialText(
    _ print: (OpaquePointer) -> UnsafeMutablePointer<CChar>?
  ) -> String {
    guard let number = unsafe ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil) else {
      return ""
    }
    defer { unsafe BN_free(number) }
    guard let text = unsafe print(number) else { return "" }
    defer { unsafe CRYPTO_free(text, "", 0) }
    return unsafe String(cString: text)
  }

  /// The object identifier of the algorithm it was signed with: `1.2.840.113549.1.1.11`.
  public var signatureAlgorithm: String {
    var object: OpaquePointer?
    unsafe X509_ALGOR_get0(&object, nil, nil, X509_get0_tbs_sigalg(pointer))
    var text = [CChar](repeating: 0, count: 128)
    let length = unsafe OBJ_obj2txt(&text, Int32(text.count), object, 1)
    guard length > 0 else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// When it begins to be valid, in seconds since 1970.
  public var validFromUnixSeconds: Int64 {
    unsafe coinpay_unix_seconds(X509_get0_notBefore(pointer))
  }

  /// When it ends to be valid, in seconds since 1970.
  public var validUntilUnixSeconds: Int64 {
    unsafe coinpay_unix_seconds(X509_get0_notAfter(pointer))
  }

  /// Whether it is for a host, by its names; X509_check_host(3).
  public func isFor(host: String) -> Bool {
    unsafe X509_check_host(pointer, host, host.utf8.count, 0, nil) == 1
  }

  /// The SHA-256 of the whole certificate, in base 16; empty when it cannot be computed.
  public var fingerprint: String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard unsafe X509_digest(pointer, EVP_sha256(), &bytes, &count) == 1 else { return "" }
    return Hex.encode(Array(bytes.prefix(Int(count))))
  }

  /// Whether a chain of signatures and valid dates leads from this certificate over `intermediates`
  /// to one of `roots`. Purposes and names are not looked at: the roots sign for nothing else.
  public func isTrusted(
    roots: [Certificate], intermediates: [Certificate] = [], atUnixSeconds now: Int64
  ) -> Bool {
    guard let store = unsafe X509_STORE_new(), let context = unsafe X509_STORE_CTX_new(),
      let chain = unsafe OPENSSL_sk_new_null()
    else { return false }
    defer {
      unsafe OPENSSL_sk_free(chain)
      unsafe X509_STORE_CTX_free(context)
      unsafe X509_STORE_free(store)
      ERR_clear_error()
    }
    for root in roots { _ = unsafe X509_STORE_add_cert(store, root.pointer) }
    for certificate in intermediates {
      _ = unsafe OPENSSL_sk_push(chain, UnsafeRawPointer(certificate.pointer))
    }
    guard unsafe X509_STORE_CTX_init(context, store, pointer, chain) == 1 else { return false }
    unsafe X509_STORE_CTX_set_time(context, 0, time_t(now))
    return withExtendedLifetime((roots, intermediates)) {
      unsafe X509_verify_cert(context) == 1
    }
  }
}
