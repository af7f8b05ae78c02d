public import HTTP
import HTTPTypes
public import Provider
public import Vocabulary

/// Development: a provider whose payments begin and end here. Its results come by the mock routes,
/// never by a notification.
public struct MockProvider: PaymentProvider {
  public let currency: Currency

  public init(currency: Currency) { self.currency = currency }

  public var method: PaymentMethod { .mock }
  public var account: ProviderAccount { ProviderAccount(merchant: "mock", isLive: false) }
  public var isAvailable: Bool { true }
  public var closeableAfterSeconds: Int64 { 0 }
  public var closesLocally: Bool { true }

  public func startLocally(_ payment: PaymentRequest) -> StartedPayment? {
    StartedPayment(providerTransactionID: nil, presentation: .mock(id: payment.outTradeNo))
  }

  public func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    StartRequest(call: "mock", returnURL: payment.returnURL, content: [])
  }

  public func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    .started(
      StartedPayment(providerTransactionID: nil, presentation: .mock(id: payment.outTradeNo)))
  }

  public typealias Notice = Never
  public typealias News = Never

  public func authenticate(_ notification: Notification) throws(NotificationFault) -> Never {
    throw .refused(.notSigned)
  }

  public func acknowledgement(_ acknowledgement: Acknowledgement) -> Response {
    Response(status: .notFound)
  }

  public func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome { .notFound }

  public func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome { .closed }

  public func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    .succeeded(RefundFacts(providerRefundID: nil, amount: ReportedAmount(refund.amount)))
  }

  public func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    .succeeded(RefundFacts(providerRefundID: nil, amount: ReportedAmount(refund.amount)))
  }

  public var bookZone: TimeZoneOffset { .utc }

  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome { .empty }

  public func check(now: Timestamp) -> [CheckFinding] { [] }
}
