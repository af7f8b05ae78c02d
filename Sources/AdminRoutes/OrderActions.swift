import Accounts
import AdminPages
import Audit
import Database
import FoundationEssentials
import HTTP
import Operators
import Orders
import Pages
import Payments
import Provider
import Routes
import Vocabulary

/// What operators do about one order.
enum OrderActions {
  private struct RefundBody: Decodable {
    /// A decimal in the currency that was paid; all that is left without it.
    let amount: String?
    let reason: String
    let rule: String
    let key: String
  }

  private struct RefundDone: Encodable {
    let refundNo: String
    let status: String
    let amount: Decimal
    let currency: String
    let notice: String

    enum CodingKeys: String, CodingKey {
      case status, amount, currency, notice
      case refundNo = "refund_no"
    }
  }

  private struct ConfirmBody: Decodable {
    let outTradeNo: String
    let providerTxnId: String?
    let reason: String
    let key: String

    enum CodingKeys: String, CodingKey {
      case reason, key
      case outTradeNo = "out_trade_no"
      case providerTxnId = "provider_txn_id"
    }
  }

  private struct Asked: Encodable {
    struct Payment: Encodable {
      let outTradeNo: String
      let answer: String
      /// The answer in the reader's words, for the notice.
      let words: String

      enum CodingKeys: String, CodingKey {
        case answer
        case outTradeNo = "out_trade_no"
      }
    }

    let payments: [Payment]
    let notice: String

    init(_ payments: [Payment], _ admin: AdminCall) {
      self.payments = payments
      notice = payments.map { "\($0.outTradeNo) · \($0.words)" }
        .joined(separator: admin.say(.semicolon))
    }
  }

  /// `POST /api/admin/orders/{order_no}/query`
  static func query(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let order = try admin.order(&connection)
    let answers = try OrderOperations.query(
      order, with: admin.console.caretaker, by: admin.user.actor, on: &connection,
      at: admin.site.clock.now())
    guard let answers else { throw admin.stopped }
    let told = answers.map { answer in
      let text = answer.answer?.text ?? admin.say(.notConfigured)
      return Asked.Payment(
        outTradeNo: answer.outTradeNo, answer: text,
        words: admin.language.providerAnswer(text))
    }
    return .success(Asked(told, admin))
  }

  /// `POST /api/admin/orders/{order_no}/resettle`
  static func resettle(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let operation = try admin.operation()
    let order = try admin.order(&connection)
    let results = try admin.console.caretaker.resettle(
      order, by: operation, on: &connection)
    guard let results else { throw admin.stopped }
    let told = results.map { result in
      let text = text(result.answer, admin)
      return Asked.Payment(
        outTradeNo: result.outTradeNo, answer: text, words: words(text, result.answer, admin))
    }
    return .success(Asked(told, admin))
  }

  private static func words(
    _ text: String, _ answer: RepairResult.Answer, _ admin: AdminCall
  ) -> String {
    if case .settled = answer { return EventOutcome.name(of: text, admin.language) }
    return admin.language.providerAnswer(text)
  }

  private static func text(_ answer: RepairResult.Answer, _ admin: AdminCall) -> String {
    switch answer {
    case .settled(let outcome): outcome
    case .stored: admin.say(.willBeSettled)
    case .notFound: ProviderAnswer.notFound.text
    case .unclear(let cause): ProviderAnswer.unclear(cause).text
    case .off: admin.say(.notConfigured)
    }
  }

  /// `POST /api/admin/orders/{order_no}/close`
  static func close(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let operation = try admin.operation()
    let order = try admin.order(&connection)
    let answer = try admin.console.caretaker.close(
      order, by: operation, on: &connection)
    switch answer {
    case .closed: return .success(Done(notice: admin.say(.orderClosed)))
    case .closing: return .success(Done(notice: admin.say(.orderClosing)))
    case .paid: throw RouteError(.conflict, message: admin.say(.orderPaid))
    case .stopped: throw admin.stopped
    }
  }

  /// `POST /api/admin/orders/{order_no}/refund`
  static func refund(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(RefundBody.self)
    let operation = try admin.operation(body.reason)
    let order = try admin.order(&connection)
    var amount: Money?
    if let text = body.amount {
      amount = Money(decimal: text, currency: order.amount.currency)
      guard let amount, amount.minorUnits > 0 else {
        throw RouteError(.invalidParameters, message: admin.say(.amountWrong))
      }
    }
    let wish = RefundRule(rawValue: body.rule).flatMap { rule in
      RefundWish(
        orderNumber: order.number, amount: amount, by: operation, rule: rule, key: body.key)
    }
    guard let wish else { throw RouteError(.invalidParameters) }
    switch try admin.console.refunds(admin.site).request(wish, on: &connection) {
    case .requested(let refund), .repeated(let refund):
      return .success(
        RefundDone(
          refundNo: refund.outRequestNo, status: refund.status.rawValue,
          amount: refund.amount.jsonNumber, currency: refund.amount.currency.code,
          notice: admin.say(.refundUnderWay, refund.amount.display)))
    case .waiting(let request): return RequestRoutes.waiting(request, admin)
    case .stopped: throw admin.stopped
    case .tooManyWaiting: throw RequestRoutes.tooManyWaiting(admin)
    case .keyReused: throw RouteError(.keyReused)
    case .orderNotFound: throw RouteError(.orderNotFound)
    case .notPaid: throw RouteError(.notPaid)
    case .impossible(let obstacle):
      throw RouteError(
        .refundImpossible,
        message: admin.say(
          .refundImpossible, obstacle.text(admin.language, admin.site.faces)))
    case .disputed: throw RouteError(.disputed)
    case .otherCurrency: throw RouteError(.invalidParameters)
    case .tooFine(let problem):
      throw RouteError(.invalidParameters, message: problem.text(admin.language))
    case .tooMuch: throw RouteError(.refundTooLarge)
    case .coinsSpent: throw RouteError(.coinsSpent)
    }
  }

  /// `POST /api/admin/orders/{order_no}/confirm`
  static func confirm(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(ConfirmBody.self)
    let wish = ConfirmationWish(
      orderNumber: try admin.call.orderNumber(), outTradeNo: body.outTradeNo,
      providerTransactionID: body.providerTxnId, by: try admin.operation(body.reason),
      key: body.key)
    guard let wish else { throw RouteError(.invalidParameters) }
    return try ConfirmationRoutes.answer(
      try admin.console.confirmations.request(wish, on: &connection), admin)
  }
}
