import Crypto
import Provider
import Sealing
import Vocabulary

/// Keeps what a user needs in order to pay (an address, a QR text, a client secret) encrypted.
///
/// The plain text is three parts: the form, the publishable key of a form on our page or nothing, and the rest.
struct PresentationSeal {
  let keyRing: KeyRing

  private enum Form: String {
    case redirect, qrCode, paymentElement, mock
  }

  private static let separator: Character = "\n"

  func seal(
    _ presentation: Presentation, outTradeNo: String
  ) throws(CryptoError) -> [UInt8] {
    let (form, key, text) =
      switch presentation {
      case .redirect(let url): (Form.redirect, "", url)
      case .qrCode(let text): (Form.qrCode, "", text)
      case .paymentElement(let secret, let key): (Form.paymentElement, key, secret.reveal())
      case .mock(let id): (Form.mock, "", id)
      }
    let plaintext = "\(form.rawValue)\(Self.separator)\(key)\(Self.separator)\(text)"
    return try SealedColumn.paymentPresentation.seal(
      Array(plaintext.utf8), at: outTradeNo, with: keyRing)
  }

  /// Nil when the key is gone or the bytes were altered.
  func open(_ sealed: [UInt8], outTradeNo: String) -> Presentation? {
    let column = SealedColumn.paymentPresentation
    guard let bytes = try? column.open(sealed, at: outTradeNo, with: keyRing) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self)
      .split(separator: Self.separator, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let form = Form(rawValue: String(parts[0])) else { return nil }
    let text = String(parts[2])
    switch form {
    case .redirect: return .redirect(url: text)
    case .qrCode: return .qrCode(text: text)
    case .paymentElement:
      return .paymentElement(clientSecret: Secret(text), publishableKey: String(parts[1]))
    case .mock: return .mock(id: text)
    }
  }
}
