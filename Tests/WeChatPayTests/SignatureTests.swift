import Crypto
import Provider
import Testing
import Vocabulary

@testable import WeChatPay

@Suite struct SignatureTests {
  /// The sample of WeChat Pay's documentation, chapter 4.3 of the interface v2.
  static let fields: [(name: String, value: String)] = [
    ("appid", "wxd930ea5d5a258f4f"), ("body", "test"), ("device_info", "1000"),
    ("mch_id", "10000100"), ("nonce_str", "ibuaiVcKdpRxkhJA"),
  ]
  static let key = Secret("192006250b4c09247ec02edce69f6a2d")
  static let md5 = "9A0A8659F005D6984697E2CA0A9CF3B7"
  static let hmac = "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"

  @Test func `both algorithms give the published signatures`() {
    #expect(WeChatPayV2Signature.sign(Self.fields, key: Self.key, .md5) == Self.md5)
    #expect(WeChatPayV2Signature.sign(Self.fields, key: Self.key, .hmacSHA256) == Self.hmac)
  }

  @Test func `order and empty fields do not matter, a zero does`() {
    let shuffled = Array(Self.fields.reversed()) + [("attach", ""), ("sign", "x")]
    #expect(WeChatPayV2Signature.sign(shuffled, key: Self.key, .md5) == Self.md5)
    #expect(
      WeChatPayV2Signature.sign(Self.fields + [("attach", "0")], key: Self.key, .md5) != Self.md5)
  }

  private static func algorithm(
    _ fields: [(name: String, value: String)], key: Secret
  ) -> WeChatPayV2Signature.Algorithm? {
    WeChatPayV2Signature.algorithm(of: fields.map { ($0.name, Array($0.value.utf8)) }, key: key)
  }

  @Test func `a signature tells its algorithm`() {
    func algorithm(_ signature: String, _ more: [(name: String, value: String)] = [])
      -> WeChatPayV2Signature.Algorithm?
    {
      Self.algorithm(Self.fields + [("sign", signature)] + more, key: Self.key)
    }
    #expect(algorithm(Self.md5) == .md5)
    #expect(algorithm(Self.hmac) == .hmacSHA256)
    #expect(algorithm(Self.md5.lowercased()) == nil)
    #expect(algorithm(Self.md5 + " ") == nil)
    #expect(algorithm(String(Self.hmac.prefix(32))) == nil)
    #expect(algorithm("") == nil)
    // What the document says about itself is signed too, so that it changes the signature.
    #expect(algorithm(Self.md5, [("sign_type", "MD5")]) == nil)
    #expect(Self.algorithm(Self.fields, key: Self.key) == nil)
    #expect(Self.algorithm(Self.fields + [("sign", Self.md5)], key: Secret("")) == nil)
  }

  /// Headers of a message of the interface v3.
  private static func refusal(_ headers: [String: String]) -> NotificationRefusal? {
    do throws(NotificationRefusal) {
      _ = try WeChatPayV3Signature { headers[$0] }
      return nil
    } catch {
      return error
    }
  }

  @Test func `a probe and other forms of a signature are no signature`() {
    let sound = [
      "Wechatpay-Signature": "QUJD", "Wechatpay-Serial": "1", "Wechatpay-Timestamp": "1",
      "Wechatpay-Nonce": "n",
    ]
    #expect(Self.refusal(sound) == nil)
    for name in sound.keys {
      #expect(Self.refusal(sound.filter { $0.key != name }) == .notSigned)
      #expect(Self.refusal(sound.merging([name: ""]) { $1 }) == .signatureMalformed)
      let long = String(repeating: "A", count: 2_000)
      #expect(Self.refusal(sound.merging([name: long]) { $1 }) == .signatureMalformed)
    }
    for (name, value) in [
      ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/QUJD"),
      ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"),
    ] {
      #expect(Self.refusal(sound.merging([name: value]) { $1 }) == .signatureMalformed)
    }
  }
}
