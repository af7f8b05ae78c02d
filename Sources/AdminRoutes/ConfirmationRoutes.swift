import Accounts
import AdminPages
import Audit
import Database
import FoundationEssentials
import HTTP
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// Payments that operators confirm by hand, and the second person's word.
enum ConfirmationRoutes {
  private struct Item: Encodable {
    let id: Int64
    let orderNo: String
    let outTradeNo: String
    let paymentMethod: String
    let amount: Decimal
    let currency: String
    let providerTxnId: String?
    let providerAnswer: String
    let reason: String
    let status: String
    let requestedBy: String
    let decidedBy: String?
    let createdAt: String
    let decidedAt: String?

    enum CodingKeys: String, CodingKey {
      case id, amount, currency, reason, status
      case orderNo = "order_no"
      case outTradeNo = "out_trade_no"
      case paymentMethod = "payment_method"
      case providerTxnId = "provider_txn_id"
      case providerAnswer = "provider_answer"
      case requestedBy = "requested_by"
      case decidedBy = "decided_by"
      case createdAt = "created_at"
      case decidedAt = "decided_at"
    }

    init(_ confirmation: Confirmation, _ admin: AdminCall) {
      id = confirmation.id
      orderNo = confirmation.orderNumber.text
      outTradeNo = confirmation.outTradeNo
      paymentMethod = confirmation.provider.rawValue
      amount = confirmation.amount.jsonNumber
      currency = confirmation.amount.currency.code
      providerTxnId = confirmation.providerTransactionID
      providerAnswer = confirmation.providerAnswer
      reason = confirmation.reason
      status = confirmation.status.rawValue
      requestedBy = confirmation.requestedBy
      decidedBy = confirmation.decidedBy
      createdAt = admin.rfc3339(confirmation.createdAt)
      decidedAt = confirmation.decidedAt.map(admin.rfc3339)
    }
  }

  private struct Outcome: Encodable {
    let outcome: String
    let confirmationId: Int64?
    let notice: String

    enum CodingKeys: String, CodingKey {
      case outcome, notice
      case confirmationId = "confirmation_id"
    }
  }

  private struct Lists: Encodable {
    let open: [Item]
    /// Given as `after`, it leads to the next part of what is open.
    let next: String?
    let more: Int64
    let decided: [Item]
  }

  static func answer(_ outcome: ConfirmationOutcome, _ admin: AdminCall) throws -> Response {
    switch outcome {
    case .settled(let confirmation):
      return .success(
        Outcome(
          outcome: "SETTLED", confirmationId: confirmation.id, notice: admin.say(.moneyBooked)))
    case .unbooked(let confirmation):
      return .success(
        Outcome(
          outcome: "UNBOOKED", confirmationId: confirmation.id, notice: admin.say(.wordUnbooked)))
    case .waiting(let confirmation):
      return .success(
        Outcome(
          outcome: "WAITING", confirmationId: confirmation.id,
          notice: admin.say(.secondPersonAsked)))
    case .rejected(let confirmation):
      return .success(
        Outcome(outcome: "REJECTED", confirmationId: confirmation.id, notice: admin.say(.rejected)))
    case .providerConfirmed:
      return .success(
        Outcome(
          outcome: "PROVIDER_CONFIRMED", confirmationId: nil,
          notice: admin.say(.providerConfirmed)))
    case .providerUnbooked:
      return .success(
        Outcome(
          outcome: "PROVIDER_UNBOOKED", confirmationId: nil,
          notice: admin.say(.providerUnbooked)))
    case .notFound: throw RouteError(.notFound)
    case .stopped: throw admin.stopped
    case .alreadyPaid: throw RouteError(.conflict, message: admin.say(.paymentPaid))
    case .orderPaid: throw RouteError(.conflict, message: admin.say(.orderPaidOtherwise))
    case .alreadyRequested: throw RouteError(.conflict, message: admin.say(.wordWaits))
    case .numberTaken: throw RouteError(.conflict, message: admin.say(.numberTaken))
    case .alreadyDecided: throw RouteError(.conflict, message: admin.say(.wordDecided))
    case .keyReused: throw RouteError(.keyReused)
    case .samePerson: throw RouteError(.secondPersonNeeded)
    case .administratorNeeded:
      throw RouteError(.secondPersonNeeded, message: admin.say(.administratorNeeded))
    case .altered: throw RouteError(.conflict, message: admin.say(.deedAltered))
    case .askerLeft: throw RouteError(.conflict, message: admin.say(.askerLeft))
    }
  }

  /// `GET /api/admin/confirmations?after=`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let open = try Confirmation.open(after: try admin.after(), in: &connection)
    let decided = try Confirmation.decided(in: &connection)
    return .success(
      Lists(
        open: open.rows.map { Item($0, admin) }, next: open.next.map { String($0) },
        more: open.more, decided: decided.map { Item($0, admin) }))
  }

  /// `POST /api/admin/confirmations/{id}/approve`
  static func approve(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try answer(
      try admin.console.confirmations.approve(
        try admin.number(), actor: admin.user.actor, isAdministrator: admin.may(.administrator),
        on: &connection), admin)
  }

  /// `POST /api/admin/confirmations/{id}/reject`
  static func reject(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let operation = try admin.operation()
    return try answer(
      try admin.console.confirmations.reject(
        try admin.number(), by: operation, on: &connection), admin)
  }

  /// The second list of the page is the other that has parts.
  private static let deedsAfter = "deeds_after"

  static func page(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let open = try Confirmation.open(after: try admin.after(), in: &connection)
    let deeds = try OperatorRequest.open(after: try admin.after(deedsAfter), in: &connection)
    let decided = try Confirmation.decided(in: &connection)
    let decidedDeeds = try OperatorRequest.decided(in: &connection)
    let actors = try ActorNames(of: open.rows + decided, in: &connection)
    let deedActors = try ActorNames(of: deeds.rows + decidedDeeds, in: &connection)
    let openTable = table(
      open.rows, actors, admin, more: admin.more(open.next.map { String($0) }))
    let deedsTable = RequestRoutes.table(
      deeds.rows, deedActors, admin, more: admin.more(deeds.next.map { String($0) }, deedsAfter))
    return admin.page(
      ConsolePage(
        admin.say(.approvals),
        [
          ConsoleSection(
            admin.say(.waitingForSecond), [openTable] + [admin.remaining(open)].compactMap { $0 }),
          ConsoleSection(admin.say(.decided), [table(decided, actors, admin)]),
          ConsoleSection(
            admin.say(.deedsWaiting), [deedsTable] + [admin.remaining(deeds)].compactMap { $0 }),
          ConsoleSection(
            admin.say(.deedsDecided), [RequestRoutes.table(decidedDeeds, deedActors, admin)]),
        ]))
  }

  static func table(
    _ confirmations: [Confirmation], _ actors: ActorNames, _ admin: AdminCall, more: String? = nil
  ) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.orderNumber)), .init(admin.say(.state)),
          .init(admin.say(.amount), isNumber: true), .init(admin.say(.providerSaid)),
          .init(admin.say(.reason)), .init(admin.say(.askedBy)), .init(admin.say(.decidedBy)),
          .init(admin.say(.time)), .init(admin.say(.actions)),
        ],
        confirmations.map { row($0, actors, admin) }, empty: admin.say(.noConfirmations),
        more: more))
  }

  private static func row(
    _ confirmation: Confirmation, _ actors: ActorNames, _ admin: AdminCall
  ) -> [ConsoleCell] {
    let number = confirmation.orderNumber
    return [
      .codeLink(number.text, address: "/admin/orders/\(number)"),
      .badge(
        Badge(
          confirmation.status.name(admin.language),
          kind: confirmation.status.rawValue)),
      .money(confirmation.amount),
      .text(admin.language.providerAnswer(confirmation.providerAnswer)),
      .text(confirmation.reason), .text(actors.shown(confirmation.requestedBy)),
      .optional(confirmation.decidedBy.map(actors.shown)),
      .moment(admin.moment(confirmation.createdAt)), actions(confirmation, admin),
    ]
  }

  private static func actions(_ confirmation: Confirmation, _ admin: AdminCall) -> ConsoleCell {
    guard confirmation.status == .open, admin.may(.operator) else { return .none }
    let address = "/api/admin/confirmations/\(confirmation.id)"
    let what =
      "\(confirmation.orderNumber) · \(confirmation.amount.display) · \(confirmation.reason)"
    var actions: [ConsoleAction] = []
    if confirmation.requestedBy != admin.user.actor {
      actions.append(
        ConsoleAction(
          admin.say(.approve), what,
          ConsoleForm(
            "approve-\(confirmation.id)", to: address + "/approve", [], submit: admin.say(.approve))
        ))
    }
    actions.append(
      ConsoleAction(
        admin.say(.reject), what,
        ConsoleForm(
          "reject-\(confirmation.id)", to: address + "/reject", [admin.reasonField()],
          submit: admin.say(.reject), isDangerous: true)))
    return .actions(actions)
  }
}
