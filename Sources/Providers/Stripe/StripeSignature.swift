import Crypto
import Provider
import Vocabulary

/// The header `Stripe-Signature`: `t=<seconds>,v1=<hex>[,v1=<hex>…]`.
///
/// Source: docs.stripe.com/webhooks, "Verify webhook signatures manually".
struct StripeSignature {
  let timestamp: Int64
  private let timestampText: Substring
  private let signatures: [[UInt8]]

  /// How far a notification's time may be from ours, to either side, in seconds.
  static let toleranceSeconds: Int64 = 300
  private static let headerCharactersMax = 2_048

  init(_ header: String) throws(NotificationRefusal) {
    guard header.utf8.count <= StripeSignature.headerCharactersMax else {
      throw .signatureMalformed
    }
    var times: [Substring] = []
    var signatures: [[UInt8]] = []
    for item in header.split(separator: ",") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw .signatureMalformed }
      switch parts[0] {
      case "t": times.append(parts[1])
      case "v1":
        // Stripe writes lower-case digits; its own libraries compare the text.
        let isLowerCase = !parts[1].utf8.contains { (0x41...0x5A).contains($0) }
        if isLowerCase, let bytes = Hex.decode(parts[1]) { signatures.append(bytes) }
      // Other schemes, such as v0 of test mode, prove nothing.
      default: break
      }
    }
    guard times.count == 1, let text = times.first, (1...12).contains(text.utf8.count),
      let timestamp = OutsideNumber(text)?.within(0...OutsideNumber.range.upperBound)
    else { throw .signatureMalformed }
    self.timestamp = timestamp
    timestampText = text
    self.signatures = signatures
  }

  /// Checks the raw body against every secret that is in force.
  func verify(_ body: [UInt8], secrets: [Secret], now: Timestamp) throws(NotificationRefusal) {
    let usable = secrets.filter { !$0.isEmpty }
    guard !usable.isEmpty, !signatures.isEmpty else { throw .notSigned }
    let message = Array("\(timestampText).".utf8) + body
    let isGenuine = usable.contains { secret in
      let expected = HMACSHA256.authenticationCode(
        for: message, key: Array(secret.reveal().utf8))
      return signatures.contains { constantTimeEqual($0, expected) }
    }
    guard isGenuine else { throw .signatureWrong }
    let age = now.unixSeconds - timestamp
    guard age <= StripeSignature.toleranceSeconds else { throw .tooOld }
    guard age >= -StripeSignature.toleranceSeconds else { throw .fromTheFuture }
  }
}
