public import Crypto
import Synchronization

/// The three files of certificate mode.
///
/// Invariant: `alipay` holds an RSA key, and `app` is about the key that we sign with.
public struct AlipayCertificates: Sendable {
  let app: Certificate
  let alipay: Certificate
  let roots: [Certificate]

  /// The numbers that every request names.
  let appSerial: String
  let rootSerial: String

  /// - Parameters:
  ///   - app: `appCertPublicKey_….crt`
  ///   - alipay: `alipayCertPublicKey_RSA2.crt`
  ///   - roots: `alipayRootCert.crt`
  /// - Throws: `KeyError` when a file cannot be read or belongs to another key.
  public init(
    app: String, alipay: String, roots: String, privateKey: RSAPrivateKey
  ) throws(KeyError) {
    self.app = try Certificate.first(text: app)
    self.alipay = try Certificate.first(text: alipay)
    self.roots = try Certificate.all(text: roots)
    guard try self.app.publicKey().isSame(as: privateKey.publicKey) else {
      throw .wrongKind(
        expected: "the certificate of ALIPAY_PRIVATE_KEY", found: "the certificate of another key")
    }
    _ = try self.alipay.publicKey()
    appSerial = AlipayCertificates.serial(self.app)
    rootSerial = self.roots.filter(\.isSignedByRSA).map(AlipayCertificates.serial)
      .joined(separator: "_")
    guard !rootSerial.isEmpty else {
      throw .wrongKind(expected: "Alipay's root certificates", found: "a file without RSA ones")
    }
  }

  /// MD5 over the issuer and the decimal serial number, in lower-case hexadecimal.
  ///
  /// Source: alipay-sdk-java-all, AntCertificationUtil.
  static func serial(_ certificate: Certificate) -> String {
    Hex.encode(MD5.digest(Array((certificate.issuer + certificate.serialDecimal).utf8)))
  }
}

extension Certificate {
  /// PKCS #1 algorithms; Alipay's root file also has SM2 and ECDSA certificates, which do not count.
  var isSignedByRSA: Bool { signatureAlgorithm.hasPrefix("1.2.840.113549.1.1") }
}

/// Alipay's keys that are believed at this moment. In certificate mode a new one can join.
final class AlipayKeys: Sendable {
  private let fixed: RSAPublicKey?
  private let bySerial: Mutex<[String: RSAPublicKey]>

  /// Certificates that can join; Alipay changes its own about once in years.
  static let certificatesMax = 16

  init(_ trust: AlipayConfiguration.Trust) {
    switch trust {
    case .publicKey(let key):
      fixed = key
      bySerial = Mutex([:])
    case .certificates(let certificates):
      fixed = nil
      let key = try? certificates.alipay.publicKey()
      let serial = AlipayCertificates.serial(certificates.alipay)
      bySerial = Mutex(key.map { [serial: $0] } ?? [:])
    }
  }

  /// The key that a message names, or the ones it may be signed with when it names none.
  func candidates(serial: String?) -> [RSAPublicKey] {
    if let fixed { return [fixed] }
    return bySerial.withLock { keys in
      guard let serial else { return Array(keys.values) }
      return keys[serial].map { [$0] } ?? []
    }
  }

  func isKnown(serial: String) -> Bool {
    fixed != nil || bySerial.withLock { $0[serial] != nil }
  }

  /// - Parameter key: of a certificate whose chain was checked.
  func add(_ key: RSAPublicKey, serial: String) {
    bySerial.withLock { keys in
      guard keys.count < AlipayKeys.certificatesMax else { return }
      keys[serial] = key
    }
  }
}
