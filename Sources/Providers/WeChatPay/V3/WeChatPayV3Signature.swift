import Crypto
import Provider
import Vocabulary

/// Who signed a message of WeChat Pay and when; from its headers.
///
/// Source: pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html.
struct WeChatPayV3Signature {
  let serial: String
  private let timestamp: String
  private let nonce: String
  private let signature: [UInt8]

  static let type = "WECHATPAY2-SHA256-RSA2048"
  /// From this difference on a time is refused, in seconds.
  static let toleranceSeconds: Int64 = 300
  private static let fieldCharactersMax = 1_024

  /// - Parameter header: gives a header by its name.
  init(_ header: (String) -> String?) throws(NotificationRefusal) {
    guard let signature = header("Wechatpay-Signature"), let serial = header("Wechatpay-Serial"),
      let timestamp = header("Wechatpay-Timestamp"), let nonce = header("Wechatpay-Nonce")
    else { throw .notSigned }
    let type = header("Wechatpay-Signature-Type") ?? WeChatPayV3Signature.type
    let areShort = [signature, serial, timestamp, nonce].allSatisfy {
      (1...WeChatPayV3Signature.fieldCharactersMax).contains($0.utf8.count)
    }
    // A probe (WECHATPAY/SIGNTEST/…) is not base64 of this length, and must not verify.
    guard type == WeChatPayV3Signature.type, areShort, let bytes = Base64.decode(signature) else {
      throw .signatureMalformed
    }
    self.serial = serial
    self.timestamp = timestamp
    self.nonce = nonce
    self.signature = bytes
  }

  func verify(
    _ body: [UInt8], key: RSAPublicKey, now: Timestamp
  ) throws(NotificationRefusal) {
    let message = Array("\(timestamp)\n\(nonce)\n".utf8) + body + [0x0A]
    guard key.isValid(signature, for: message) else { throw .signatureWrong }
    guard timestamp.utf8.count <= 12,
      let seconds = OutsideNumber(timestamp)?.within(0...OutsideNumber.range.upperBound)
    else { throw .signatureMalformed }
    let age = now.unixSeconds - seconds
    guard age < WeChatPayV3Signature.toleranceSeconds else { throw .tooOld }
    guard age > -WeChatPayV3Signature.toleranceSeconds else { throw .fromTheFuture }
  }
}

/// AEAD_AES_256_GCM as WeChat Pay writes it in notifications and certificates.
struct WeChatPayV3Resource: Decodable {
  let algorithm: String
  let ciphertext: String
  let nonce: String
  let associatedData: String?

  enum CodingKeys: String, CodingKey {
    case algorithm, ciphertext, nonce
    case associatedData = "associated_data"
  }

  /// Nil when anything about it is wrong.
  func open(_ key: SymmetricKey) -> [UInt8]? {
    guard algorithm == "AEAD_AES_256_GCM", let box = Base64.decode(ciphertext) else { return nil }
    return try? AEAD.open(
      box, key: key, nonce: Array(nonce.utf8),
      associatedData: Array((associatedData ?? "").utf8))
  }
}
