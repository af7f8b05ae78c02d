public import Crypto
public import Vocabulary

/// Marks a request to a notify address as ours: `coinpay doctor` sends it the way a provider would, and
/// the worker tells what of it arrived. A probe changes nothing, so that repeating one is harmless.
///
/// The header is `TIME.NONCE.MAC`: seconds since 1970, and in hexadecimal 16 random bytes and
/// HMAC-SHA-256 of both under a key that is derived from the session key for this purpose alone.
public struct ProbeSeal: Sendable {
  public static let headerName = "X-CoinPay-Probe"
  /// Difference between the clocks of both sides that is still taken, in seconds.
  public static let ageSecondsMax: Int64 = 300
  public static let nonceBytes = 16

  private let key: [UInt8]

  public init(sessionKey: SymmetricKey) {
    key = HMACSHA256.authenticationCode(
      for: Array("coinpay-notify-probe".utf8), key: sessionKey.rawBytes)
  }

  /// The header's value.
  /// - Parameter nonce: `nonceBytes` random bytes.
  public func header(at moment: Timestamp, nonce: [UInt8]) -> String {
    let content = "\(moment.unixSeconds).\(Hex.encode(nonce))"
    return "\(content).\(Hex.encode(code(content)))"
  }

  /// Whether the value was made with the same session key and lately.
  public func isGenuine(_ header: String, at now: Timestamp) -> Bool {
    let parts = header.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3,
      let seconds = OutsideNumber(parts[0])?.within(OutsideNumber.range),
      let sent = Timestamp(reportedUnixSeconds: seconds),
      Hex.decode(parts[1])?.count == ProbeSeal.nonceBytes, let mac = Hex.decode(parts[2]),
      constantTimeEqual(mac, code("\(parts[0]).\(parts[1])"))
    else { return false }
    return (now - sent).components.seconds.magnitude <= ProbeSeal.ageSecondsMax.magnitude
  }

  private func code(_ content: String) -> [UInt8] {
    HMACSHA256.authenticationCode(for: Array(content.utf8), key: key)
  }
}
