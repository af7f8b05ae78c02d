import Accounts
import AdminPages
import Audit
import Controls
import Database
import HTTP
import Operators
import Pages
import Payments
import Routes
import Vocabulary

/// The emergency controls for programs and for the console's forms.
enum ControlAPI {
  private struct State: Encodable {
    struct Method: Encodable {
      let paymentMethod: String
      let isOff: Bool
      let backup: String?
      let isWorking: Bool

      enum CodingKeys: String, CodingKey {
        case backup
        case paymentMethod = "payment_method"
        case isOff = "is_off"
        case isWorking = "is_working"
      }
    }

    let mode: String
    let endsAt: String?
    let notice: LocalText?
    let settlementStopped: Bool
    let methods: [Method]
    let offered: [String]

    enum CodingKeys: String, CodingKey {
      case mode, methods, offered
      case endsAt = "ends_at"
      case settlementStopped = "settlement_stopped"
    }

    init(_ controls: Controls, _ admin: AdminCall) {
      let registry = admin.site.checkout.registry
      let usable = registry.availableMethods
      mode = controls.mode(at: admin.site.clock.now()).rawValue
      endsAt = controls.until.map(admin.rfc3339)
      notice = controls.notice?.text
      settlementStopped = controls.settlementIsStopped
      methods = controls.arranged(registry.methods).map { method in
        let control = controls.control(of: method)
        return Method(
          paymentMethod: method.rawValue, isOff: control.isOff, backup: control.backup?.rawValue,
          isWorking: usable.contains(method))
      }
      offered = controls.offer(registry.methods, usable: usable).map(\.rawValue)
    }

    func encode(to encoder: any Encoder) throws {
      if let notice { try LocalMembers.write(notice, "notice", to: encoder) }
      var members = encoder.container(keyedBy: CodingKeys.self)
      try members.encode(mode, forKey: .mode)
      try members.encodeIfPresent(endsAt, forKey: .endsAt)
      try members.encode(settlementStopped, forKey: .settlementStopped)
      try members.encode(methods, forKey: .methods)
      try members.encode(offered, forKey: .offered)
    }
  }

  private struct MethodBody: Decodable {
    let method: String
    let isOff: Bool
    let reason: String

    enum CodingKeys: String, CodingKey {
      case method, reason
      case isOff = "is_off"
    }
  }

  private struct BackupBody: Decodable {
    let method: String
    let backup: String?
    let reason: String
  }

  private struct OrderBody: Decodable {
    /// Names with spaces between them, the first to offer first.
    let methods: String
    let reason: String
  }

  private struct PauseBody: Decodable {
    let mode: String
    /// By the tags of languages.
    let notices: [String: String]
    /// Nil without an end.
    let minutes: Minutes?
    let reason: String

    /// What was said of the end.
    enum Minutes {
      case after(Int64)
      case meaningless
    }

    enum CodingKeys: String, CodingKey {
      case mode, minutes, reason
    }

    init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      mode = try members.decode(String.self, forKey: .mode)
      notices = try LocalMembers.read("notice", from: decoder)
      reason = try members.decode(String.self, forKey: .reason)
      // A pause without an end comes of saying nothing about it, never of saying what means nothing.
      guard members.contains(.minutes) else {
        minutes = nil
        return
      }
      let number = try? members.decode(OutsideNumber.self, forKey: .minutes)
      minutes =
        number?.within(1...ControlChange.minutesMax).map { Minutes.after($0) } ?? .meaningless
    }
  }

  private struct StopBody: Decodable {
    /// By the tags of languages.
    let notices: [String: String]
    let reason: String

    enum CodingKeys: String, CodingKey { case reason }

    init(from decoder: any Decoder) throws {
      notices = try LocalMembers.read("notice", from: decoder)
      reason = try decoder.container(keyedBy: CodingKeys.self).decode(
        String.self, forKey: .reason)
    }
  }

  private struct ReasonBody: Decodable {
    let reason: String
  }

  /// `GET /api/admin/controls`
  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(State(try Controls.load(in: &connection), admin))
  }

  /// `POST /api/admin/controls/method`
  static func switchMethod(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(MethodBody.self)
    let method = try admin.call.method(named: body.method)
    return try apply(
      body.isOff ? .methodOff(method) : .methodOn(method), body.reason, admin, &connection)
  }

  /// `POST /api/admin/controls/backup`
  static func nameBackup(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(BackupBody.self)
    let backup = try body.backup.map { (text: String) throws(RouteError) in
      try admin.call.method(named: text)
    }
    return try apply(
      .backup(of: try admin.call.method(named: body.method), backup), body.reason, admin,
      &connection)
  }

  /// `POST /api/admin/controls/order`
  static func arrange(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(OrderBody.self)
    var methods: [PaymentMethod] = []
    for name in body.methods.split(separator: " ") {
      methods.append(try admin.call.method(named: String(name)))
    }
    return try apply(.order(methods), body.reason, admin, &connection)
  }

  /// `POST /api/admin/controls/pause`
  static func pause(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(PauseBody.self)
    guard let mode = SiteMode(rawValue: body.mode) else { throw RouteError(.invalidParameters) }
    let notice = try notice(body.notices)
    var minutes: Int64?
    switch body.minutes {
    case .after(let number): minutes = number
    case .meaningless:
      throw RouteError(
        .invalidParameters, message: Phrase.minutesWrong.text(admin.language))
    case nil: break
    }
    return try apply(
      .pause(mode, notice, forMinutes: minutes), body.reason, admin, &connection)
  }

  /// `POST /api/admin/controls/stop-payments`
  static func stopPayments(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(StopBody.self)
    return try apply(
      .stopPayments(try notice(body.notices)), body.reason, admin, &connection)
  }

  /// `POST /api/admin/controls/resume`
  static func resume(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let body = try admin.call.decode(ReasonBody.self)
    return try apply(.resume, body.reason, admin, &connection)
  }

  private static func apply(
    _ change: ControlChange, _ reason: String, _ admin: AdminCall, _ connection: inout Connection
  ) throws -> Response {
    guard change.problem == nil else { throw RouteError(.invalidParameters) }
    try change.apply(
      by: try admin.operation(reason), on: &connection, at: admin.site.clock.now())
    // This worker knows at once, the others with their next look.
    _ = try admin.site.checkout.controls.refresh(on: &connection)
    return .success(State(admin.site.checkout.controls.current, admin))
  }

  private static func notice(_ texts: [String: String]) throws(RouteError) -> Notice? {
    if texts.isEmpty { return nil }
    guard let text = LocalText(texts), let notice = Notice(text) else {
      throw RouteError(.invalidParameters)
    }
    return notice
  }
}
