import Crypto
import Provider
import Testing
import Vocabulary

@testable import WeChatPay

/// Facts that WeChat Pay's own SDKs publish with their tests for the interface v3.
@Suite struct PublishedTests {
  /// wechatpay-go, core/notify/notify_test.go: a platform certificate and a notification.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIDVzCCAj+gAwIBAgIJANfOWdH1ItcBMA0GCSqGSIb3DQEBCwUAMEIxCzAJBgNV
    BAYTAlhYMRUwEwYDVQQHDAxEZWZhdWx0IENpdHkxHDAaBgNVBAoME0RlZmF1bHQg
    Q29tcGFueSBMdGQwHhcNMjEwNDI3MDg1NTIzWhcNMzEwNDI1MDg1NTIzWjBCMQsw
    CQYDVQQGEwJYWDEVMBMGA1UEBwwMRGVmYXVsdCBDaXR5MRwwGgYDVQQKDBNEZWZh
    dWx0IENvbXBhbnkgTHRkMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA
    2VCTd91fnUn73Xy9DLvt/V62TVxRTEEstVdeRaZ3B3leO0pldE806mXO4RwdHXag
    HQ4vGeZN0yqm++rDsGK+U3AH7kejyD2pXshNP9Cq5YwbptiLGtjcquw4HNxJQUOm
    DeJf2vg6byms9RUipiq4SzbJKqJFlUpbuIPDpSpWz10PYmyCNeDGUUK65E5h2B83
    4uxl1zNLYQCrkdBzb8oUxwYeP5a2DNxmjL5lsJML7DGr5znsevnoqGRwTm9fxCGf
    y8wus7hwKz6clt3Whmmda7UAdb1c08hEQFVRbF14AR73xbnd8N0obCWJPCbzMCtk
    aSef4FdEEgEXJiw0VAJT8wIDAQABo1AwTjAdBgNVHQ4EFgQUT1c7nd/SUO76HSoZ
    umNUJv1R5PwwHwYDVR0jBBgwFoAUT1c7nd/SUO76HSoZumNUJv1R5PwwDAYDVR0T
    BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAfTjxKRQMzNB/U6ZoCUS+BSNfa2Oh
    0plMN6ZuzwiVVZwg1jywvv5yv04koS7Pd4i9E4gt9ZBUQXlpq+A3oOCEEHNRR6b2
    kyazGRM7s0OP5X21WrbpSmKmU6K7hkfx30yYs08LVs/Q8DIhvaj1FCFeJzUCzYn/
    fHMq4tsbKO0dKAeydPM/nrUZBmaYQVKMVOORGLFjFKVO7JV6Kq/R86ouhjEPgJOe
    2xulNBUcjicqtZlBdEh/PWCYP2SpGVDclKm8jeo175T3EVAkdKzzmfpxtMmnMlmq
    cTJOU9TxuGvNASMtjj7pYIerTx+xgZDXEVBWFW9PjJ0TV06tCRsgSHItgg==
    -----END CERTIFICATE-----
    """
  static let signedAt: Int64 = 1_624_523_846
  static let headers = [
    "Wechatpay-Nonce": "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz",
    "Wechatpay-Timestamp": "1624523846",
    "Wechatpay-Serial": "D7CE59D1F522D701",
    "Wechatpay-Signature":
      "tJHIiIS9eB2hAYstmAmbbD3ZE5LiIm/Ug5tuL4fC0YOFRWIHV39UFIZXC0e9Wl6lBu6sKvkqDkzpqzBsVHyXFlbYZT"
      + "OQrVdG4b6LfTnK4mikv9++ixJMd3vTf2yCqvBkh98zs3Ds5zsYQakzbcwhmw4fMJs4nPLws28H0UW9FjDR//rxELLw"
      + "XvV1VEA1IBLX70xptjL8hrfUjEE8kkry6yNJTHZRU8CAc7qHli2Ng1V1qb9ARbK8A3ThmFmPQvRGrapI/jS2laKKgY"
      + "UmfdEdkNO6B2Cke5e8VTxY406ArAmQ90GAihDwIcb16TQMnzCMBoutnwZKNiKRACrFmtxw2Q==",
  ]
  static let body =
    #"{"id":"3119dfba-e649-5eec-ab1e-3412bc4d2e17","create_time":"2021-06-24T16:37:26+08:00","#
    + #""resource_type":"encrypt-resource","event_type":"PAYSCORE.USER_OPEN_SERVICE","#
    + #""summary":"签约成功","resource":{"original_type":"payscore","algorithm":"AEAD_AES_256_GCM","#
    + #""ciphertext":"YDS3lKPaC4Y52Gf3uhft5qUBlIa8b428AWTtTauHQfQrRw+X1WpiuHIDy0vo1Vd6VEq67aVyqPd"#
    + "DYMkRVSDaZL3iZttevRMOoPKMifozg6XPWjIZumks/GpT48lI4NizyeaqLBokNebthah3o1H76qSlO9NkDjp9bzmKLE"
    + "YYH9TEklFUpsvPqOTOcgSLgh21YJXYR7dEBXFgRLiNIKRgO5JdXh1hccRUAlyVWxE54PXpnQ==\","
    + #""associated_data":"payscore","nonce":"Kj7QIyUiYx1q"}}"#

  static func refusal(
    _ changes: [String: String] = [:], _ body: String = body, secondsLater: Int64 = 0
  ) throws -> NotificationRefusal? {
    let key = try Certificate.first(text: certificate).publicKey()
    let headers = Self.headers.merging(changes) { $1 }
    do throws(NotificationRefusal) {
      try WeChatPayV3Signature { headers[$0] }.verify(
        Array(body.utf8), key: key, now: Timestamp(unixSeconds: signedAt + secondsLater))
      return nil
    } catch {
      return error
    }
  }

  @Test func `a platform certificate goes by its published name`() throws {
    let certificate = try Certificate.first(text: Self.certificate)
    #expect(certificate.serialHex == Self.headers["Wechatpay-Serial"])
  }

  @Test func `a published notification is believed for its time`() throws {
    #expect(try Self.refusal() == nil)
    #expect(try Self.refusal(secondsLater: 299) == nil)
    #expect(try Self.refusal(secondsLater: -299) == nil)
    #expect(try Self.refusal(secondsLater: 300) == .tooOld)
    #expect(try Self.refusal(secondsLater: -300) == .fromTheFuture)
  }

  @Test func `a change of anything that is signed is seen`() throws {
    #expect(try Self.refusal(["Wechatpay-Timestamp": "1624523847"]) == .signatureWrong)
    #expect(
      try Self.refusal(["Wechatpay-Nonce": "ECZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz"]) == .signatureWrong)
    #expect(try Self.refusal([:], Self.body + "\n") == .signatureWrong)
    #expect(try Self.refusal([:], String(Self.body.dropLast())) == .signatureWrong)
    #expect(try Self.refusal([:], "") == .signatureWrong)
  }

  /// wechatpay-java, AeadAesCipherTest with the key of its TestConfig.
  static let resourceKey = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"

  static func open(
    algorithm: String = "AEAD_AES_256_GCM", key: String = resourceKey,
    ciphertext: String = "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=", nonce: String = "uluk4a9R25RW",
    associatedData: String? = "associatedData"
  ) throws -> [UInt8]? {
    WeChatPayV3Resource(
      algorithm: algorithm, ciphertext: ciphertext, nonce: nonce, associatedData: associatedData
    ).open(try #require(SymmetricKey(Array(key.utf8))))
  }

  @Test func `a published resource opens, and only as it was sealed`() throws {
    #expect(try Self.open() == Array("message".utf8))
    #expect(try Self.open(algorithm: "AEAD_AES_128_GCM") == nil)
    #expect(try Self.open(key: String(Self.resourceKey.reversed())) == nil)
    #expect(try Self.open(ciphertext: "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwM=") == nil)
    #expect(try Self.open(nonce: "uluk4a9R25RX") == nil)
    #expect(try Self.open(associatedData: "associateddata") == nil)
    #expect(try Self.open(associatedData: nil) == nil)
  }
}
