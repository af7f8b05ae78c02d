import Crypto
import Provider
import Sealing

/// Keeps what a provider is sent in order to start a payment encrypted: it names the buyer's address.
///
/// The plain text is three lines: the call, the address to come back to, and the content.
struct StartRequestSeal {
  let keyRing: KeyRing

  private static let separator = UInt8(ascii: "\n")

  func seal(_ request: StartRequest, outTradeNo: String) throws(CryptoError) -> [UInt8] {
    var plaintext = Array("\(request.call)\n\(request.returnURL)\n".utf8)
    plaintext += request.content
    return try SealedColumn.paymentStartRequest.seal(plaintext, at: outTradeNo, with: keyRing)
  }

  /// Nil when the key is gone or the bytes were altered.
  func open(_ sealed: [UInt8], outTradeNo: String) -> StartRequest? {
    let column = SealedColumn.paymentStartRequest
    guard let bytes = try? column.open(sealed, at: outTradeNo, with: keyRing) else { return nil }
    let parts = bytes.split(
      separator: Self.separator, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    return StartRequest(
      call: String(decoding: parts[0], as: UTF8.self),
      returnURL: String(decoding: parts[1], as: UTF8.self), content: Array(parts[2]))
  }
}
