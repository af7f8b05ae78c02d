import Accounts
import Database
import HTTP
import LogLines
import Logging
import Pages
import Vocabulary

/// A user's own sessions, and the proof that it is still the same person.
enum SessionRoutes {
  private struct Listed: Encodable {
    let id: String
    let device: String
    let createdAt: String
    let lastUsedAt: String
    let isCurrent: Bool

    enum CodingKeys: String, CodingKey {
      case id, device
      case createdAt = "created_at"
      case lastUsedAt = "last_used_at"
      case isCurrent = "is_current"
    }
  }

  private struct Sessions: Encodable {
    let sessions: [Listed]
  }

  private struct PasswordBody: Decodable {
    let password: String
  }

  private struct Empty: Encodable {}

  /// `GET /api/auth/sessions`
  static func list(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let sessions = try call.site.accounts.sessions(
      of: user.id, token: call.sessionToken ?? "", on: &connection)
    let zone = call.site.zone
    return .success(
      Sessions(
        sessions: sessions.map {
          Listed(
            id: $0.name, device: $0.device, createdAt: zone.rfc3339($0.createdAt),
            lastUsedAt: zone.rfc3339($0.lastSeenAt), isCurrent: $0.isCurrent)
        }))
  }

  /// `DELETE /api/auth/sessions/{name}`
  static func end(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireFreshUser(&connection)
    let isEnded = try call.site.accounts.endSession(
      named: call.parameters?["name"] ?? "", of: user.id, on: &connection)
    guard isEnded else { throw RouteError(.notFound) }
    return .success(Empty())
  }

  /// `POST /api/auth/confirm` `{"password":…}`: the user gives the password again.
  static func confirm(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let password = try call.decode(PasswordBody.self).password
    let token = try prove(user, password, call, &connection)
    return try call.keepingSession(token, .success(Empty()))
  }

  /// - Returns: the session's new token.
  /// - Throws: WRONG_PASSWORD and what else can come of a password.
  static func prove(
    _ user: User, _ password: String, _ call: Call, _ connection: inout Connection
  ) throws -> String {
    guard password.utf8.count <= AccountRoutes.textBytesMax else {
      throw RouteError(.wrongPassword)
    }
    let outcome = try call.site.accounts.prove(
      user, password: Secret(password), token: call.sessionToken ?? "", visitor: call.visitor,
      on: &connection)
    switch outcome {
    case .proved(let token): return token
    case .wrongPassword: throw RouteError(.wrongPassword)
    case .limited(let seconds): throw RouteError(.rateLimited, retryAfterSeconds: seconds)
    case .busy: throw RouteError.busy
    case .over: throw RouteError(.loginRequired)
    }
  }
}
