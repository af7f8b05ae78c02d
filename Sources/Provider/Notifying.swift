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

/// How a provider's notifications become events, in three steps that cannot be taken in another order:
/// only `authenticate` makes a notice, only `read` makes news of one, and only news is completed.
public protocol NotificationReader: Sendable {
  /// A body that was proven to be the provider's and about our account, decoded.
  associatedtype Notice: Sendable
  /// What a notice says about a payment, in our words.
  associatedtype News: Sendable

  /// Proves over the exact bytes received that a notification is the provider's, fresh and for our
  /// account, and decodes it. It may fetch the keys that prove it, and asks for nothing about payments.
  func authenticate(_ notification: Notification) throws(NotificationFault) -> Notice
  /// Says what a notice means. Pure: no call, no clock.
  func read(_ notice: Notice) throws(NotificationRefusal) -> NotificationReading<News>
  /// Makes the events of news. What a notification leaves open (a signature weaker than ours, whose
  /// refund it is) is asked at the provider here, and here alone.
  ///
  /// - Parameter now: when the notification was received.
  func complete(_ news: News, now: Timestamp) -> NotificationOutcome
}

extension NotificationReader {
  public func receive(_ notification: Notification) -> NotificationOutcome {
    let notice: Notice
    do throws(NotificationFault) {
      notice = try authenticate(notification)
    } catch {
      switch error {
      case .refused(let refusal): return .refused(refusal)
      case .unverifiable(let cause): return .unverifiable(cause)
      }
    }
    do throws(NotificationRefusal) {
      switch try read(notice) {
      case .irrelevant(let kind): return .irrelevant(kind: kind)
      case .news(let news): return complete(news, now: notification.receivedAt)
      }
    } catch {
      return .refused(error)
    }
  }
}

/// Of a provider that sends no notifications, none is ever proven.
extension NotificationReader where Notice == Never, News == Never {
  public func read(_ notice: Never) throws(NotificationRefusal) -> NotificationReading<Never> {}
  public func complete(_ news: Never, now: Timestamp) -> NotificationOutcome {}
}

/// Why there is no notice.
public enum NotificationFault: Error, Sendable {
  case refused(NotificationRefusal)
  /// Whose it is cannot be told at this moment, because a key is missing: send it again.
  case unverifiable(Cause)
}

public enum NotificationReading<News: Sendable>: Sendable {
  /// Genuine, but about nothing that concerns a payment of ours.
  case irrelevant(kind: String)
  case news(News)
}

/// What came of a notification.
public enum NotificationOutcome: Sendable {
  /// What the notification says, in the order in which to settle it: news of a refund implies that
  /// the payment succeeded, whether or not that was heard of.
  case events([ProviderEvent])
  /// Genuine, but about nothing that concerns a payment of ours: acknowledge and do nothing.
  case irrelevant(kind: String)
  case refused(NotificationRefusal)
  /// It cannot be checked at this moment, because the provider does not answer: send it again.
  case unverifiable(Cause)

  /// - Parameter event: nil when its numbers name no payment.
  public init(_ event: ProviderEvent?) {
    self = event.map { .events([$0]) } ?? .refused(.malformed)
  }
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
