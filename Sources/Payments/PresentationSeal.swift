import Crypto
import FoundationEssentials
import Provider
import Vocabulary

/// Keeps what a user needs in order to pay (an address, a QR text, a client secret) encrypted.
struct PresentationSeal {
  let keyRing: KeyRing

  private enum Form: String, Codable {
    case redirect, qrCode, paymentElement, mock
  }

  private struct Stored: Codable {
    let form: Form
    let text: String
    let publishableKey: String?
  }

  /// - Throws: `CryptoError` when the system gives no randomness.
  func seal(_ presentation: Presentation, outTradeNo: String) throws -> [UInt8] {
    let stored =
      switch presentation {
      case .redirect(let url): Stored(form: .redirect, text: url, publishableKey: nil)
      case .qrCode(let text): Stored(form: .qrCode, text: text, publishableKey: nil)
      case .paymentElement(let secret, let key):
        Stored(form: .paymentElement, text: secret.reveal(), publishableKey: key)
      case .mock(let id): Stored(form: .mock, text: id, publishableKey: nil)
      }
    return try keyRing.seal(
      Array(JSONEncoder().encode(stored)), associatedData: associatedData(outTradeNo))
  }

  /// Nil when the key is gone or the bytes were altered.
  func open(_ sealed: [UInt8], outTradeNo: String) -> Presentation? {
    guard
      let bytes = try? keyRing.open(sealed, associatedData: associatedData(outTradeNo)),
      let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes))
    else { return nil }
    switch stored.form {
    case .redirect: return .redirect(url: stored.text)
    case .qrCode: return .qrCode(text: stored.text)
    case .paymentElement:
      return .paymentElement(
        clientSecret: Secret(stored.text), publishableKey: stored.publishableKey ?? "")
    case .mock: return .mock(id: stored.text)
    }
  }

  /// Binds the box to its row: it cannot be moved to another payment.
  private func associatedData(_ outTradeNo: String) -> [UInt8] {
    Array("payments.presentation|\(outTradeNo)".utf8)
  }
}
