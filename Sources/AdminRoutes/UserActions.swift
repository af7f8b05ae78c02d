import Accounts
import AdminPages
import Audit
import Database
import HTTP
import Operators
import Pages
import Payments
import Routes
import Vocabulary

/// What operators do about users.
enum UserActions {
  private struct CoinsBody: Decodable {
    let coins: OutsideNumber
    let reason: String
    let key: String
  }

  private struct RoleBody: Decodable {
    let role: String
    let reason: String
  }

  private struct Balance: Encodable {
    let balance: Int64?
    let notice: String
  }

  /// `POST /api/admin/users/{username}/grant`
  static func grant(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try adjust(.grant, admin, &connection)
  }

  /// `POST /api/admin/users/{username}/deduct`
  static func deduct(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try adjust(.deduct, admin, &connection)
  }

  private static func adjust(
    _ direction: CoinAdjustment.Direction, _ admin: AdminCall, _ connection: inout Connection
  ) throws -> Response {
    let body = try admin.call.decode(CoinsBody.self)
    let record = try UserRoutes.record(admin, &connection)
    guard let coins = body.coins.within(1...Limits.coinsMax) else {
      throw RouteError(.invalidParameters, message: admin.say(.coinsWrong))
    }
    let adjustment = CoinAdjustment(
      userID: record.user.id, direction: direction,
      coins: coins, by: try admin.operation(body.reason), key: try admin.checked(key: body.key))
    guard let adjustment else { throw RouteError(.invalidParameters) }
    switch try adjustment.book(
      under: admin.console.rules.operators, on: &connection, at: admin.site.clock.now())
    {
    case .done(let balance):
      return .success(
        Balance(
          balance: balance, notice: admin.pair(.balanceAfterChange, Names.coins(balance))))
    case .waiting(let request): return RequestRoutes.waiting(request, admin)
    case .tooManyWaiting: throw RequestRoutes.tooManyWaiting(admin)
    case .keyReused: throw RouteError(.keyReused)
    case .repeated: return .success(Balance(balance: nil, notice: admin.say(.doneBefore)))
    case .erased: throw RouteError(.userErased)
    case .tooFew: throw RouteError(.coinsSpent, message: admin.say(.tooFewCoins))
    }
  }

  /// `POST /api/admin/users/{username}/disable`
  static func disable(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try setDisabled(true, admin, &connection)
  }

  /// `POST /api/admin/users/{username}/enable`
  static func enable(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try setDisabled(false, admin, &connection)
  }

  private static func setDisabled(
    _ isDisabled: Bool, _ admin: AdminCall, _ connection: inout Connection
  ) throws -> Response {
    let operation = try admin.operation()
    let user = try subordinate(admin, &connection)
    guard let name = Username(user.username) else { throw RouteError(.userNotFound) }
    return try answer(
      admin,
      try admin.site.accounts.setDisabled(
        isDisabled, name, by: operation, on: &connection, at: admin.site.clock.now()))
  }

  private static func answer(
    _ admin: AdminCall, _ change: AccountChange
  ) throws -> Response {
    switch change {
    case .changed: return .success(Done())
    case .notFound: throw RouteError(.userNotFound)
    case .erased: throw RouteError(.userErased)
    case .passwordTooShort:
      throw RouteError(.conflict, message: admin.say(.passwordTooShort))
    }
  }

  /// `POST /api/admin/users/{username}/role`
  static func setRole(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(RoleBody.self)
    let operation = try admin.operation(body.reason)
    let user = try subordinate(admin, &connection)
    guard let role = UserRole(rawValue: body.role) else { throw RouteError(.invalidParameters) }
    guard let name = Username(user.username) else { throw RouteError(.userNotFound) }
    return try answer(
      admin,
      try admin.site.accounts.setRole(
        role, of: name, by: operation, on: &connection, at: admin.site.clock.now()))
  }

  /// `POST /api/admin/users/{username}/second-factor/reset`
  static func resetSecondFactor(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> Response {
    let operation = try admin.operation()
    let user = try subordinate(admin, &connection)
    let isDone = try admin.console.secondFactor.reset(
      user, by: operation, on: &connection)
    guard isDone else { throw RouteError(.conflict) }
    return .success(Done())
  }

  private struct Invitation: Encodable {
    let enrolmentCode: String

    enum CodingKeys: String, CodingKey {
      case enrolmentCode = "enrolment_code"
    }
  }

  /// `POST /api/admin/users/{username}/second-factor/invite`: the code is shown this once, for the one who
  /// asks to hand it on.
  static func inviteSecondFactor(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> Response {
    let operation = try admin.operation()
    let user = try subordinate(admin, &connection)
    let desk = admin.console.secondFactor
    guard user.role > .user, try !desk.state(of: user.id, in: &connection).isEnrolled else {
      throw RouteError(.conflict)
    }
    let code = try desk.invite(user, by: operation, on: &connection)
    guard let code else { throw RouteError(.userErased) }
    return .success(Invitation(enrolmentCode: code.reveal()))
  }

  /// The user of the path, whom the reader may act on: never oneself, so that nobody locks the last
  /// administrator out, and people behind the counter only as an administrator.
  private static func subordinate(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> User {
    let record = try UserRoutes.record(admin, &connection)
    guard record.erasedAt == nil else { throw RouteError(.userErased) }
    let user = record.user
    guard user.id != admin.user.id else { throw RouteError(.notYourself) }
    guard user.role == .user || admin.may(.administrator) else { throw RouteError(.forbidden) }
    return user
  }

  static func offered(
    _ record: UserRecord, hasFactor: Bool, isEnrolled: Bool, _ admin: AdminCall
  ) throws -> [ConsoleAction] {
    guard admin.may(.operator), record.erasedAt == nil else { return [] }
    let coins = ConsoleField(
      .line, "coins", admin.say(.consoleCoins), form: .integer, charactersMax: 13)
    var actions = [
      action(
        .grantCoins, .grantText, "grant", [coins, admin.reasonField(), try admin.keyField()],
        record, admin),
      action(
        .deductCoins, .deductText, "deduct", [coins, admin.reasonField(), try admin.keyField()],
        record, admin, isDangerous: true),
    ]
    guard record.user.id != admin.user.id, record.user.role == .user || admin.may(.administrator)
    else { return actions }
    actions.append(
      record.disabledAt == nil
        ? action(
          .disable, .disableText, "disable", [admin.reasonField()], record, admin, isDangerous: true
        )
        : action(.enable, .enableText, "enable", [admin.reasonField()], record, admin))
    guard admin.may(.administrator) else { return actions }
    let roles = UserRole.allCases.map {
      (value: $0.rawValue, text: $0.name(admin.language))
    }
    actions.append(
      action(
        .changeRole, .changeRoleText, "role",
        [
          ConsoleField(
            .choice(roles), "role", admin.say(.role), value: record.user.role.rawValue),
          admin.reasonField(),
        ], record, admin))
    if record.user.role > .user, !isEnrolled {
      actions.append(
        action(
          .inviteFactor, .inviteFactorText, "second-factor/invite", [admin.reasonField()], record,
          admin))
    }
    if hasFactor {
      actions.append(
        action(
          .resetFactor, .resetFactorText, "second-factor/reset", [admin.reasonField()], record,
          admin, isDangerous: true))
    }
    return actions
  }

  private static func action(
    _ label: Phrase, _ text: Phrase, _ path: String, _ fields: [ConsoleField],
    _ record: UserRecord, _ admin: AdminCall, isDangerous: Bool = false
  ) -> ConsoleAction {
    let name = PercentCoding.encode(record.user.username)
    return ConsoleAction(
      admin.say(label), admin.say(text),
      ConsoleForm(
        path.split(separator: "/").joined(separator: "-"),
        to: "/api/admin/users/\(name)/\(path)", fields, submit: admin.say(label),
        isDangerous: isDangerous))
  }
}
