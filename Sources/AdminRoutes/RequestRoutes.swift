import Accounts
import AdminPages
import Audit
import Database
import HTTP
import Pages
import Payments
import Routes
import Vocabulary

/// What operators may not do alone, and the second person's word about it.
enum RequestRoutes {
  private struct Item: Encodable {
    let id: Int64
    let deed: String
    let subject: String
    let username: String
    let coins: Int64
    let reason: String
    let status: String
    let requestedBy: String
    let decidedBy: String?
    let createdAt: String
    let expiresAt: String
    let decidedAt: String?

    enum CodingKeys: String, CodingKey {
      case id, deed, subject, username, coins, reason, status
      case requestedBy = "requested_by"
      case decidedBy = "decided_by"
      case createdAt = "created_at"
      case expiresAt = "expires_at"
      case decidedAt = "decided_at"
    }

    init(_ request: OperatorRequest, _ admin: AdminCall) {
      id = request.id
      deed = request.words
      subject = request.subject
      username = request.username
      coins = request.coins
      reason = request.reason
      status = request.status.rawValue
      requestedBy = request.requestedBy
      decidedBy = request.decidedBy
      createdAt = admin.rfc3339(request.createdAt)
      expiresAt = admin.rfc3339(request.expiresAt)
      decidedAt = request.decidedAt.map(admin.rfc3339)
    }
  }

  private struct Lists: Encodable {
    let open: [Item]
    /// Given as `after`, it leads to the next part of what is open.
    let next: String?
    let more: Int64
    let decided: [Item]
  }

  private struct Outcome: Encodable {
    let outcome: String
    let requestId: Int64
    let notice: String

    enum CodingKeys: String, CodingKey {
      case outcome, notice
      case requestId = "request_id"
    }
  }

  static func waiting(_ request: OperatorRequest, _ admin: AdminCall) -> Response {
    .success(
      Outcome(
        outcome: "WAITING", requestId: request.id, notice: admin.say(.administratorAsked)))
  }

  /// `GET /api/admin/requests?after=`
  static func list(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let open = try OperatorRequest.open(after: try admin.after(), in: &connection)
    let decided = try OperatorRequest.decided(in: &connection)
    return .success(
      Lists(
        open: open.rows.map { Item($0, admin) }, next: open.next.map { String($0) },
        more: open.more, decided: decided.map { Item($0, admin) }))
  }

  /// `POST /api/admin/requests/{id}/approve`
  static func approve(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try answer(
      try desk(admin).approve(try admin.number(), actor: admin.user.actor, on: &connection), admin)
  }

  /// `POST /api/admin/requests/{id}/reject`
  static func reject(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let operation = try admin.operation()
    return try answer(
      try desk(admin).reject(
        try admin.number(), by: operation, on: &connection), admin)
  }

  private static func desk(_ admin: AdminCall) -> OperatorRequestDesk {
    OperatorRequestDesk(refunds: admin.console.refunds(admin.site), clock: admin.site.clock)
  }

  private static func answer(_ decision: RequestDecision, _ admin: AdminCall) throws -> Response {
    switch decision {
    case .done(let request):
      return .success(
        Outcome(outcome: "DONE", requestId: request.id, notice: admin.say(.deedDone)))
    case .rejected(let request):
      return .success(
        Outcome(outcome: "REJECTED", requestId: request.id, notice: admin.say(.rejected)))
    case .notFound: throw RouteError(.notFound)
    case .alreadyDecided: throw RouteError(.conflict, message: admin.say(.wordDecided))
    case .samePerson: throw RouteError(.secondPersonNeeded)
    case .altered: throw RouteError(.conflict, message: admin.say(.deedAltered))
    case .askerLeft: throw RouteError(.conflict, message: admin.say(.askerLeft))
    case .stopped: throw admin.stopped
    case .impossible: throw RouteError(.conflict, message: admin.say(.deedImpossible))
    }
  }

  static func tooManyWaiting(_ admin: AdminCall) -> RouteError {
    RouteError(
      .conflict, message: admin.say(.tooManyWaiting, "\(OperatorRequest.openMax)"))
  }

  static func table(
    _ requests: [OperatorRequest], _ actors: ActorNames, _ admin: AdminCall, more: String? = nil
  ) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.subject)), .init(admin.say(.state)), .init(admin.say(.kind)),
          .init(admin.say(.reason)), .init(admin.say(.askedBy)), .init(admin.say(.decidedBy)),
          .init(admin.say(.time)), .init(admin.say(.actions)),
        ],
        requests.map { row($0, actors, admin) }, empty: admin.say(.nothingHere), more: more))
  }

  private static func row(
    _ request: OperatorRequest, _ actors: ActorNames, _ admin: AdminCall
  ) -> [ConsoleCell] {
    return [
      .text("\(request.username) · \(request.subject)"),
      .badge(Badge(request.status.name(admin.language), kind: request.status.rawValue)),
      .text(words(request, admin)), .text(request.reason), .text(actors.shown(request.requestedBy)),
      .optional(request.decidedBy.map(actors.shown)), .moment(admin.moment(request.createdAt)),
      actions(request, admin),
    ]
  }

  private static func words(_ request: OperatorRequest, _ admin: AdminCall) -> String {
    let coins = Names.coins(request.coins)
    switch request.deed {
    case .grant: return admin.pair(.grantCoins, coins)
    case .deduct: return admin.pair(.deductCoins, coins)
    case .refund(_, let amount, let rule, _):
      let name = rule.name(admin.language)
      return admin.pair(.refunds, "\(amount.display), \(name), \(coins)")
    }
  }

  private static func actions(_ request: OperatorRequest, _ admin: AdminCall) -> ConsoleCell {
    guard request.status == .open, admin.may(.operator) else { return .none }
    let address = "/api/admin/requests/\(request.id)"
    let what = "\(request.username) · \(words(request, admin)) · \(request.reason)"
    var actions: [ConsoleAction] = []
    let isOther = request.requestedBy != admin.user.actor && request.userID != admin.user.id
    if admin.may(.administrator), isOther {
      actions.append(
        ConsoleAction(
          admin.say(.approve), what,
          ConsoleForm(
            "approve-request-\(request.id)", to: address + "/approve", [],
            submit: admin.say(.approve))))
    }
    actions.append(
      ConsoleAction(
        admin.say(.reject), what,
        ConsoleForm(
          "reject-request-\(request.id)", to: address + "/reject", [admin.reasonField()],
          submit: admin.say(.reject), isDangerous: true)))
    return .actions(actions)
  }
}
