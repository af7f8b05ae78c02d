import Accounts
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
  }

  private struct RouteAnswer: Encodable {
    let method: String
    let path: String
    let minimumRole: String
    let needsSecondFactor: Bool
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

  private struct Codes: Encodable {
    let recoveryCodes: [String]?
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
    guard let secret = try admin.console.secondFactor.begin(admin.user, on: &connection) else {
      throw RouteError(.conflict)
    }
    return .success(Begun(secret: secret.text.reveal(), otpauthURL: secret.address.reveal()))
  }

  /// `POST /api/admin/second-factor/verify`
  static func verify(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let code = try admin.call.decode(CodeBody.self).code
    guard (1...codeCharactersMax).contains(code.utf8.count) else {
      throw RouteError(.invalidCode)
    }
    let outcome = try admin.console.secondFactor.verify(
      code, of: admin.user, token: admin.token, visitor: admin.call.visitor, on: &connection)
    switch outcome {
    case .accepted: return .success(Codes(recoveryCodes: nil))
    case .enrolled(let codes): return .success(Codes(recoveryCodes: codes.map { $0.reveal() }))
    case .wrong:
      noteRefusal("WRONG_CODE", admin)
      throw RouteError(.invalidCode)
    case .limited(let seconds):
      noteRefusal("LIMITED", admin)
      throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    case .notEnrolled: throw RouteError(.conflict)
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

  /// `POST /api/admin/second-factor/recovery-codes`
  static func renewCodes(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let codes = try admin.console.secondFactor.renewRecoveryCodes(of: admin.user, on: &connection)
    guard let codes else { throw RouteError(.conflict) }
    return .success(Codes(recoveryCodes: codes.map { $0.reveal() }))
  }
}
