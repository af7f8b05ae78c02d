public import Vocabulary

/// Why something failed: sorted by kind for statistics, with the provider's own code for people.
public struct Cause: Hashable, Sendable, CustomStringConvertible {
  /// The kinds are the same for every provider.
  public enum Kind: String, CaseIterable, Sendable {
    case insufficientFunds = "insufficient_funds"
    /// The bank or the provider said no without a nearer reason.
    case declined
    /// The buyer could not prove who they are: password, 3-D Secure, real name.
    case authenticationFailed = "authentication_failed"
    case suspectedFraud = "suspected_fraud"
    case limitExceeded = "limit_exceeded"
    /// The card, account or code can no longer be used.
    case instrumentUnusable = "instrument_unusable"
    /// The buyer or we gave up.
    case cancelled
    /// It was not paid in time.
    case expired
    /// The provider knows the number with other facts, or its state does not allow the request.
    case conflict
    /// Our key, account or permission is not what the provider expects.
    case configuration
    /// The provider did not understand our request: an error of this software.
    case invalidRequest = "invalid_request"
    /// No answer, or none that says what happened.
    case unavailable
    case other
  }

  public let kind: Kind
  /// The provider's code, such as `ACQ.TRADE_HAS_CLOSE`; printable ASCII, cut to `detailLimit`.
  public let detail: String

  public static let detailLimit = TextLimit(200, .scalars)

  public init(_ kind: Kind, _ detail: String = "") {
    self.kind = kind
    self.detail = Cause.detailLimit.ascii(detail, keepsSpaces: true)
  }

  /// Reads what `description` wrote.
  public init(stored text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }) else {
      self.init(.other, text)
      return
    }
    let detail = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
    self.init(kind, String(detail))
  }

  /// `insufficient_funds: card_declined/insufficient_funds`
  public var description: String { detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)" }
}
