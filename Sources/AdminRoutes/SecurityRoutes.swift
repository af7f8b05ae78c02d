import Accounts
import AdminPages
import Database
import HTTP
import HTTPTypes
import LogLines
import Logging
import Pages
import Routes
import Vocabulary

/// Who one is behind the counter, and the second factor.
enum SecurityRoutes {
  private struct Me: Encodable {
    let username: String
    let role: String
    let secondFactor: String
    let recoveryCodesLeft: Int64?
    let isAdmitted: Bool

    enum CodingKeys: String, CodingKey {
      case username, role
      case secondFactor = "second_factor"
      case recoveryCodesLeft = "recovery_codes_left"
      case isAdmitted = "is_admitted"
    }
  }

  private struct RouteAnswer: Encodable {
    let method: String
    let path: String
    let minimumRole: String
    let needsSecondFactor: Bool

    enum CodingKeys: String, CodingKey {
      case method, path
      case minimumRole = "minimum_role"
      case needsSecondFactor = "needs_second_factor"
    }
  }

  private struct Begun: Encodable {
    let secret: String
    let otpauthURL: String

    enum CodingKeys: String, CodingKey {
      case secret
      case otpauthURL = "otpauth_url"
    }
  }

  private struct CodeBody: Decodable {
    let code: String
  }

  private struct EnrolmentBody: Decodable {
    let code: String?
  }

  private struct Codes: Encodable {
    let recoveryCodes: [String]?

    enum CodingKeys: String, CodingKey {
      case recoveryCodes = "recovery_codes"
    }
  }

  /// Longest code that is looked at, in characters.
  static let codeCharactersMax = 64

  /// `GET /api/admin/me`
  static func me(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let state = try admin.console.secondFactor.state(of: admin.user.id, in: &connection)
    var left: Int64?
    if case .enrolled(let codes) = state { left = codes }
    return .success(
      Me(
        username: admin.user.username, role: admin.user.role.rawValue,
        secondFactor: state.isEnrolled ? "enrolled" : "none", recoveryCodesLeft: left,
        isAdmitted: admin.isAdmitted))
  }

  /// `GET /api/admin/routes`: what this API offers, and to whom.
  static func routes(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(
      AdminRouteTable.all.map {
        RouteAnswer(
          method: $0.method.rawValue, path: $0.pattern, minimumRole: $0.minimumRole.rawValue,
          needsSecondFactor: $0.needsSecondFactor)
      })
  }

  /// `POST /api/admin/second-factor/begin`
  static func begin(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let code = try admin.call.decode(EnrolmentBody.self).code
    guard (code ?? "").utf8.count <= codeCharactersMax else { throw RouteError(.invalidCode) }
    switch try begin(admin, code: code, &connection) {
    case .begun(let secret):
      return .success(Begun(secret: secret.text.reveal(), otpauthURL: secret.address.reveal()))
    case .enrolled: throw RouteError(.conflict)
    case .codeNeeded: throw RouteError(.enrolmentCodeNeeded)
    case .wrongCode:
      noteRefusal("WRONG_ENROLMENT_CODE", admin)
      throw RouteError(.invalidCode, message: admin.say(.enrolmentCodeWrong))
    case .limited(let seconds):
      noteRefusal("LIMITED", admin)
      throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    }
  }

  static func begin(
    _ admin: AdminCall, code: String?, _ connection: inout Connection
  ) throws -> EnrolmentOutcome {
    try admin.console.secondFactor.begin(
      admin.user, token: admin.token, code: code,
      needsCode: admin.console.rules.requiresSecondFactor, visitor: admin.call.visitor,
      on: &connection)
  }

  /// `POST /api/admin/second-factor/verify`
  static func verify(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try answer(
      admin,
      try admin.console.secondFactor.verify(
        try code(admin), of: admin.user, token: admin.token, visitor: admin.call.visitor,
        on: &connection))
  }

  private static func code(_ admin: AdminCall) throws -> String {
    let code = try admin.call.decode(CodeBody.self).code
    guard (1...codeCharactersMax).contains(code.utf8.count) else {
      throw RouteError(.invalidCode)
    }
    return code
  }

  private static func answer(_ admin: AdminCall, _ outcome: CodeOutcome) throws -> Response {
    switch outcome {
    case .accepted(let token):
      return try admin.call.keepingSession(token, .success(Codes(recoveryCodes: nil)))
    case .codes(let codes, let token):
      return try admin.call.keepingSession(
        token, .success(Codes(recoveryCodes: codes.map { $0.reveal() })))
    case .wrong:
      noteRefusal("WRONG_CODE", admin)
      throw RouteError(.invalidCode)
    case .limited(let seconds):
      noteRefusal("LIMITED", admin)
      throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    case .notEnrolled: throw RouteError(.conflict)
    case .over: throw RouteError(.loginRequired)
    }
  }

  private static func noteRefusal(_ outcome: String, _ admin: AdminCall) {
    admin.call.site.logger.write(
      .notice, "second factor refused",
      [
        .user: "\(admin.user.id)", .outcome: "\(outcome)",
        .address: "\(admin.call.request.remoteAddress)",
      ])
  }

  /// `POST /api/admin/second-factor/recovery-codes`, with a code.
  static func renewCodes(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try answer(
      admin,
      try admin.console.secondFactor.renewRecoveryCodes(
        try code(admin), of: admin.user, token: admin.token, visitor: admin.call.visitor,
        on: &connection))
  }
}
