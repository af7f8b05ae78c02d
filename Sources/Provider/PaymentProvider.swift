public import HTTP
public import Vocabulary

/// A payment service behind one interface. A provider keeps no state about payments and opens no
/// database: it turns values into calls and answers into values.
///
/// An outcome that is missing, unverifiable or a server error is unknown, never failed.
public protocol PaymentProvider: Sendable {
  var method: PaymentMethod { get }
  /// What new payments are bound to, and what a notification has to name.
  var account: ProviderAccount { get }
  /// The currency that packages are priced in for this method.
  var currency: Currency { get }
  /// False while calls to the provider are refused by its circuit breaker.
  var isAvailable: Bool { get }

  /// The presentation of a payment that comes into being without a call to the provider, or nil when
  /// `start` has to be called.
  func startLocally(_ payment: PaymentRequest) -> StartedPayment?
  /// Creates the payment at the provider; repeating it with the same payment is safe.
  func start(_ payment: PaymentRequest) -> StartOutcome
  /// Checks that a notification is the provider's, over the exact bytes received.
  func verify(_ notification: Notification) -> VerificationOutcome
  /// What this provider expects as an answer to a notification.
  func acknowledgement(_ acknowledgement: Acknowledgement) -> Response
  /// Asks for the state of a payment.
  func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome
  /// Makes the payment unpayable at the provider.
  func close(_ payment: PaymentReference) -> CloseOutcome
}

/// What a provider needs to know in order to create a payment.
public struct PaymentRequest: Sendable {
  /// Our number at the provider, unique for ever; also the seed of the idempotency key.
  public let outTradeNo: String
  public let orderNumber: OrderNumber
  public let amount: Money
  /// What the user buys, in the user's language.
  public let subject: String
  public let expiresAt: Timestamp

  public init(
    outTradeNo: String, orderNumber: OrderNumber, amount: Money, subject: String,
    expiresAt: Timestamp
  ) {
    self.outTradeNo = outTradeNo
    self.orderNumber = orderNumber
    self.amount = amount
    self.subject = subject
    self.expiresAt = expiresAt
  }
}

/// Names an existing payment at a provider.
public struct PaymentReference: Sendable {
  public let outTradeNo: String
  /// The provider's own number, when it is known.
  public let providerTransactionID: String?

  public init(outTradeNo: String, providerTransactionID: String?) {
    self.outTradeNo = outTradeNo
    self.providerTransactionID = providerTransactionID
  }
}

/// A request that claims to come from a provider.
public struct Notification: Sendable {
  public let request: Request
  public let receivedAt: Timestamp

  public init(request: Request, receivedAt: Timestamp) {
    self.request = request
    self.receivedAt = receivedAt
  }
}

/// How a user goes on to pay.
public enum Presentation: Hashable, Sendable {
  /// The browser goes to this address.
  case redirect(url: String)
  /// The text of a QR code that the provider's app scans.
  case qrCode(text: String)
  /// Stripe's Payment Element with these keys.
  case paymentElement(clientSecret: Secret, publishableKey: String)
  /// Development: the number for the mock routes.
  case mock(id: String)
}

/// A payment that exists at the provider.
public struct StartedPayment: Hashable, Sendable {
  public let providerTransactionID: String?
  public let presentation: Presentation

  public init(providerTransactionID: String?, presentation: Presentation) {
    self.providerTransactionID = providerTransactionID
    self.presentation = presentation
  }
}

public enum StartOutcome: Sendable {
  case started(StartedPayment)
  /// The provider said no; the payment can never be paid.
  case refused(cause: String)
  /// Nobody knows whether the payment exists there.
  case unknown(cause: String)
  /// Nothing was sent.
  case unavailable(cause: String)
}

public enum VerificationOutcome: Sendable {
  case event(ProviderEvent)
  /// Genuine, but about nothing that concerns a payment of ours: acknowledge and do nothing.
  case irrelevant(kind: String)
  case refused(NotificationRefusal)
}

/// Why a notification was not believed.
public enum NotificationRefusal: String, Error, Sendable {
  case notSigned = "not_signed"
  case signatureMalformed = "signature_malformed"
  case signatureWrong = "signature_wrong"
  case tooOld = "too_old"
  case fromTheFuture = "from_the_future"
  case malformed = "malformed"
}

public enum Acknowledgement: Sendable {
  /// Durable here; the provider need not send it again.
  case accepted
  case refused(NotificationRefusal)
  /// Not stored; the provider has to send it again.
  case tryAgain
}

public enum QueryOutcome: Sendable {
  /// What the provider says now, to be settled like a notification.
  case event(ProviderEvent)
  /// The provider does not know the payment. Not a failure: it may still be paid.
  case notFound
  case unknown(cause: String)
}

public enum CloseOutcome: Sendable {
  case closed
  /// It may have been paid in the meantime: query.
  case refused(cause: String)
  case notFound
  case unknown(cause: String)
}
