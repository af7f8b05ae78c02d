public import Vocabulary

/// Where the user's browser is, as far as a provider wants to know.
public struct PayerContext: Hashable, Sendable {
  /// A phone's browser, in which the provider's app can open.
  public let isMobile: Bool
  /// The user's address.
  public let address: String

  public init(isMobile: Bool, address: String) {
    self.isMobile = isMobile
    self.address = address
  }
}

/// What a provider needs to know in order to create a payment.
public struct PaymentRequest: Sendable {
  /// Our number at the provider, unique for ever; also the seed of the idempotency key.
  public let outTradeNo: String
  public let orderNumber: OrderNumber
  public let amount: Money
  /// What the user buys, in the user's language.
  public let subject: String
  /// When the payment was created here.
  public let createdAt: Timestamp
  public let expiresAt: Timestamp
  public let now: Timestamp
  public let payer: PayerContext
  /// Where the provider sends the browser afterwards; a page of ours that shows the order.
  public let returnURL: String

  public init(
    outTradeNo: String, orderNumber: OrderNumber, amount: Money, subject: String,
    createdAt: Timestamp, expiresAt: Timestamp, now: Timestamp, payer: PayerContext,
    returnURL: String
  ) {
    self.outTradeNo = outTradeNo
    self.orderNumber = orderNumber
    self.amount = amount
    self.subject = subject
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.now = now
    self.payer = payer
    self.returnURL = returnURL
  }
}

/// What a provider is sent in order to bring a payment into being: written once, kept, and sent again
/// as it is. Providers refuse the same number with other words, and language, names, devices, addresses
/// and settings change.
public struct StartRequest: Hashable, Sendable {
  /// Which call, in the provider's words; without line breaks.
  public let call: String
  /// Where the provider sends the browser afterwards; without line breaks.
  public let returnURL: String
  /// In the provider's own form, without what proves who is calling.
  public let content: [UInt8]

  public init(call: String, returnURL: String, content: [UInt8]) {
    self.call = call
    self.returnURL = returnURL
    self.content = content
  }
}

/// A payment that is to be brought into being by a request.
public struct PaymentStart: Sendable {
  public let outTradeNo: String
  public let amount: Money
  /// When the payment was created here: nothing of it can be older at the provider.
  public let createdAt: Timestamp
  public let request: StartRequest

  public init(outTradeNo: String, amount: Money, createdAt: Timestamp, request: StartRequest) {
    self.outTradeNo = outTradeNo
    self.amount = amount
    self.createdAt = createdAt
    self.request = request
  }
}

/// Names an existing payment at a provider.
public struct PaymentReference: Hashable, Sendable {
  public let outTradeNo: String
  /// The provider's own number, when it is known.
  public let providerTransactionID: String?

  public init(outTradeNo: String, providerTransactionID: String?) {
    self.outTradeNo = outTradeNo
    self.providerTransactionID = providerTransactionID
  }
}

/// How a user goes on to pay.
public enum Presentation: Hashable, Sendable {
  /// The browser goes to this address.
  case redirect(url: String)
  /// The text of a QR code that the provider's app scans.
  case qrCode(text: String)
  /// The provider's fields on our own page, with these keys.
  case paymentElement(clientSecret: Secret, publishableKey: String)
  /// Development: the number for the mock routes.
  case mock(id: String)
}

/// A payment that exists at the provider.
public struct StartedPayment: Hashable, Sendable {
  public let providerTransactionID: String?
  public let presentation: Presentation
  /// How long the presentation can be used, in seconds; nil for as long as the order can be paid.
  /// Afterwards `start` gives a fresh one of the same payment.
  public let usableSeconds: Int64?

  /// No provider's code or address can be used for longer.
  public static let usability = Schedule(longestPauseSeconds: 7_200)

  public init(
    providerTransactionID: String?, presentation: Presentation, usableSeconds: Int64? = nil
  ) {
    self.providerTransactionID = providerTransactionID
    self.presentation = presentation
    self.usableSeconds = usableSeconds
  }
}

public enum StartOutcome: Sendable {
  case started(StartedPayment)
  /// The provider said no; the payment can never be paid.
  case refused(Cause)
  /// Nobody knows whether the payment exists there.
  case unknown(Cause)
  /// Nothing was sent, or nothing can have happened.
  case unavailable(Cause)
}
