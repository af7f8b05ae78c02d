import Crypto
import Provider
import Testing
import Vocabulary

@testable import Stripe

/// Facts that Stripe's own SDKs publish with their tests.
@Suite struct PublishedTests {
  /// stripe-node, test/crypto/helpers.ts.
  @Test(arguments: [
    ("", "f7f9bd47fb987337b5796fdc1fdb9ba221d0d5396814bfcaf9521f43fd8927fd"),
    (
      #"{"obj1":"hello","obj2":"world"}"#,
      "bebb1a643997f419b315ddba19e6f5411e1ce7f810ba6d3617ce72823092f363"
    ),
    ("😀", "837da296d05c4fe31f61d5d7ead035099d9585a5bcde87de952012a78f0b0c43"),
  ])
  func `the code over a payload is the published one`(payload: String, code: String) {
    let ours = HMACSHA256.authenticationCode(
      for: Array(payload.utf8), key: Array("test_secret".utf8))
    #expect(Hex.encode(ours) == code)
  }

  /// stripe-dotnet, event_test_signature.json with its signature from EventUtilityTest.
  static let event = """
    {
      "id": "evt_123",
      "object": "event",
      "account": "acct_123",
      "api_version": "2017-05-25",
      "created": 1533204620,
      "data": {
        "object": {
          "id": "cus_123",
          "object": "customer",
          "created": 123456789,
          "email": "test@stripe.com",
          "livemode": false,
          "metadata": {}
        }
      },
      "livemode": false,
      "pending_webhooks": 1,
      "request": {
        "id": "req_123",
        "idempotency_key": "idempotency-key-123"
      },
      "type": "customer.created"
    }

    """
  static let v1 = "2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7"
  static let v0 = "63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef"
  static let signedAt: Int64 = 1_533_204_620

  static func refusal(
    _ header: String, _ body: String = event, secret: Secret = Secret("webhook_secret"),
    secondsLater: Int64 = 0
  ) -> NotificationRefusal? {
    do throws(NotificationRefusal) {
      try StripeSignature(header).verify(
        Array(body.utf8), secrets: [secret],
        now: Timestamp(unixSeconds: signedAt + secondsLater))
      return nil
    } catch {
      return error
    }
  }

  static let header = "t=\(signedAt),v1=\(v1),v0=\(v0)"

  @Test func `a published header is believed for its time`() {
    #expect(Self.refusal(Self.header) == nil)
    #expect(Self.refusal(Self.header, secondsLater: 300) == nil)
    #expect(Self.refusal(Self.header, secondsLater: 301) == .tooOld)
  }

  @Test func `the published header proves nothing else`() {
    #expect(Self.refusal(Self.header, Self.event + " ") == .signatureWrong)
    #expect(Self.refusal(Self.header, secret: Secret("webhook_secret2")) == .signatureWrong)
    let later = "t=\(Self.signedAt + 1),v1=\(Self.v1)"
    #expect(Self.refusal(later) == .signatureWrong)
    #expect(Self.refusal("t=\(Self.signedAt),v1=\(Self.v0)") == .signatureWrong)
    #expect(Self.refusal("t=\(Self.signedAt),v0=\(Self.v0)") != nil)
  }
}
