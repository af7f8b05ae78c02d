public import HTTP
public import Vocabulary

/// A request that claims to come from a provider.
public struct Notification: Sendable {
  public let request: Request
  public let receivedAt: Timestamp

  public init(request: Request, receivedAt: Timestamp) {
    self.request = request
    self.receivedAt = receivedAt
  }
}

public enum VerificationOutcome: Sendable {
  /// What the notification says, in the order in which to settle it: news of a refund implies that
  /// the payment succeeded, whether or not that was heard of.
  case events([ProviderEvent])
  /// Genuine, but about nothing that concerns a payment of ours: acknowledge and do nothing.
  case irrelevant(kind: String)
  case refused(NotificationRefusal)
  /// It cannot be checked at this moment, because the provider does not answer: send it again.
  case unverifiable(Cause)
}

/// Why a notification was not believed.
public enum NotificationRefusal: String, Error, Sendable {
  case notSigned = "not_signed"
  case signatureMalformed = "signature_malformed"
  case signatureWrong = "signature_wrong"
  case tooOld = "too_old"
  case fromTheFuture = "from_the_future"
  case malformed = "malformed"
  /// Signed, but for another merchant or application than ours.
  case otherAccount = "other_account"
}

public enum Acknowledgement: Sendable {
  /// Durable here; the provider need not send it again.
  case accepted
  case refused(NotificationRefusal)
  /// Not stored; the provider has to send it again.
  case tryAgain

  /// For figures.
  public var name: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .tryAgain: "try_again"
    }
  }
}
