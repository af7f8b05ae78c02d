import Crypto
import Provider
import Testing
import Vocabulary

@testable import Payments

@Suite struct PresentationSealTests {
  private static func seal() throws -> PresentationSeal {
    let key = Base64.encode([UInt8](repeating: 9, count: 32))
    return PresentationSeal(keyRing: try KeyRing(setting: "k1:\(key)"))
  }

  static let presentations: [Presentation] = [
    .redirect(url: "https://example/?a=b&c=\n"), .qrCode(text: "weixin://wxpay/x"),
    .paymentElement(clientSecret: Secret("pi_1_secret_2"), publishableKey: "pk_test_1"),
    .mock(id: "COIN_20260102_12345678"), .redirect(url: ""),
  ]

  @Test(arguments: presentations)
  func `what was sealed is opened for its own payment only`(presentation: Presentation) throws {
    let seal = try Self.seal()
    let box = try seal.seal(presentation, outTradeNo: "A")
    #expect(seal.open(box, outTradeNo: "A") == presentation)
    #expect(seal.open(box, outTradeNo: "B") == nil)
    #expect(seal.open(Array(box.dropLast()), outTradeNo: "A") == nil)
  }

  @Test func `a client secret is not in the box`() throws {
    let box = try Self.seal().seal(
      .paymentElement(clientSecret: Secret("pi_1_secret_2"), publishableKey: "pk"), outTradeNo: "A")
    let text = String(decoding: box, as: UTF8.self)
    #expect(!text.contains("secret"))
  }
}
