import HTTP
import HTTPTypes
import Provider
import Threads
import Vocabulary

@testable import Payments

/// A provider whose answers a test chooses, and which keeps what it was asked.
struct PlayedProvider: PaymentProvider {
  struct Script {
    var isAvailable = true
    var refundObstacle: String?
    var start: @Sendable (PaymentStart) -> StartOutcome = { payment in
      .started(
        StartedPayment(
          providerTransactionID: nil, presentation: .qrCode(text: payment.outTradeNo)))
    }
    var query: @Sendable (PaymentReference) -> QueryOutcome = { _ in .notFound }
    var close: @Sendable (PaymentReference) -> CloseOutcome = { _ in .closed }
    var refund: @Sendable (RefundRequest) -> RefundOutcome = { _ in .unknown(Cause(.unavailable)) }
    var queryRefund: @Sendable (RefundRequest) -> RefundOutcome = { _ in .notFound }
    var starts: [PaymentStart] = []
    var queries: [PaymentReference] = []
    var closes: [PaymentReference] = []
    var refunds: [RefundRequest] = []
  }

  let method: PaymentMethod
  let currency: Currency
  var account = ProviderAccount(merchant: "played", isLive: false)
  let script = Monitor(Script())

  var isAvailable: Bool { script.withLock { $0.isAvailable } }
  var refundObstacle: String? { script.withLock { $0.refundObstacle } }
  var closeableAfterSeconds: Int64 { 0 }
  var bookZone: TimeZoneOffset { .beijing }

  func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  /// All that could change between two starts.
  func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    StartRequest(
      call: payment.payer.isMobile ? "phone" : "desktop", returnURL: payment.returnURL,
      content: Array("\(payment.subject)|\(payment.payer.address)|\(payment.now)".utf8))
  }

  func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    let answer = script.withLock { script in
      script.starts.append(payment)
      return script.start
    }
    script.notifyAll()
    return answer(payment)
  }

  func query(_ payment: PaymentReference, now: Timestamp) -> QueryOutcome {
    let answer = script.withLock { script in
      script.queries.append(payment)
      return script.query
    }
    return answer(payment)
  }

  func close(_ payment: PaymentReference, now: Timestamp) -> CloseOutcome {
    let answer = script.withLock { script in
      script.closes.append(payment)
      return script.close
    }
    return answer(payment)
  }

  func refund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    let answer = script.withLock { script in
      script.refunds.append(refund)
      return script.refund
    }
    return answer(refund)
  }

  func queryRefund(_ refund: RefundRequest, now: Timestamp) -> RefundOutcome {
    script.withLock { $0.queryRefund }(refund)
  }

  typealias Notice = Never
  typealias News = Never

  func authenticate(_ notification: Notification) throws(NotificationFault) -> Never {
    throw .refused(.notSigned)
  }
  func acknowledgement(_ acknowledgement: Acknowledgement) -> Response { .empty(.ok) }
  func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome { .empty }
  func check(now: Timestamp) -> [CheckFinding] { [] }
}
