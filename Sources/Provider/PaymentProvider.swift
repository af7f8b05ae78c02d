public import HTTP
public import Vocabulary

/// A payment service behind one interface. A provider keeps no state about payments and opens no
/// database: it turns values into calls and answers into values.
///
/// An outcome that is missing, unverifiable or a server error is unknown, never failed.
public protocol PaymentProvider: NotificationReader {
  var method: PaymentMethod { get }
  /// What new payments are bound to, and what a notification has to name.
  var account: ProviderAccount { get }
  /// Asks whose the keys are, where the settings do not say; cheap when it is known or was asked a
  /// moment ago. Never called while a transaction is open.
  func learnAccount()
  /// The currency that packages are priced in for this method.
  var currency: Currency { get }
  /// False while calls to the provider are refused by its circuit breaker.
  var isAvailable: Bool { get }

  /// How old a payment has to be before the provider closes it, in seconds.
  var closeableAfterSeconds: Int64 { get }

  /// The presentation of a payment that comes into being without a call to the provider, or nil when
  /// `start` has to be called.
  func startLocally(_ payment: PaymentRequest) -> StartedPayment?
  /// Writes what `start` is to send; nil when it cannot be written.
  func startRequest(_ payment: PaymentRequest) -> StartRequest?
  /// Creates the payment at the provider; repeating it with the same request is safe.
  func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome
  /// What this provider expects as an answer to a notification.
  func acknowledgement(_ acknowledgement: Acknowledgement) -> Response
  /// Asks for the state of a payment.
  func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome
  /// Whether `close` needs no call.
  var closesLocally: Bool { get }
  /// Makes the payment unpayable at the provider.
  func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome

  /// What keeps every refund from being carried out, such as a certificate that is not set; nil when
  /// nothing is known to.
  var refundObstacle: String? { get }
  /// Gives money back; repeating it with the same request moves money once. A request that was not
  /// taken is refused, never failed.
  func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome
  /// Asks what became of a refund.
  func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome

  /// The zone in which the provider's books count days.
  var bookZone: TimeZoneOffset { get }

  /// Hands over every line of the provider's books of one day, a part at a time, in bounded memory.
  ///
  /// - Parameter receive: takes some lines; what it throws ends the reading.
  func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome

  /// Finds out whether keys, account, clock and notify address work together.
  func check(now: Timestamp) -> [CheckFinding]
}

extension PaymentProvider {
  public var refundObstacle: String? { nil }
  public var closesLocally: Bool { false }
  public func learnAccount() {}
}

/// Whose money it is at the provider: a payment is bound to it when it is created.
public struct ProviderAccount: Hashable, Sendable {
  /// The merchant or application number; empty while nobody has told whose the key is.
  public let merchant: String
  /// The application beside the merchant's number, where both name the account; empty if unknown.
  public let application: String
  /// False for a sandbox or test key.
  public let isLive: Bool

  public init(merchant: String, application: String = "", isLive: Bool) {
    self.merchant = merchant
    self.application = application
    self.isLive = isLive
  }

  /// Whether a payment of the other account can be asked about, closed and refunded at this one. What
  /// one of them does not name is no difference.
  public func holds(_ other: ProviderAccount) -> Bool {
    func agree(_ one: String, _ two: String) -> Bool { one == two || one.isEmpty || two.isEmpty }
    let isSameMode = isLive == other.isLive || (isOfOneMode && merchant == other.merchant)
    return isSameMode && agree(merchant, other.merchant) && agree(application, other.application)
  }

  /// Whether this is a live account whose number no sandbox has: what was begun there is live too, even
  /// if the settings could not tell then.
  public var isOfOneMode: Bool { isLive && !mayHaveBothModes }

  /// Whether live and played money may be under this number. Of an account that nobody has told, they may.
  public var mayHaveBothModes: Bool {
    merchant.isEmpty || merchant.hasPrefix(ProviderAccount.bothModesPrefix)
  }

  private static let bothModesPrefix = "acct_"
}
