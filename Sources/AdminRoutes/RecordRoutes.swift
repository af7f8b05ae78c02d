import Accounts
import AdminPages
import Audit
import Crypto
import Database
import Documents
import HTTP
import Ledger
import Pages
import Payments
import Routes
import Vocabulary

/// What operators did, the settings in force, and notifications as they came.
enum RecordRoutes {
  private struct Audit: Encodable {
    let items: [ActionDocument]
    let next: String?
    /// Whether nobody changed a row since it was written.
    let isIntact: Bool

    enum CodingKeys: String, CodingKey {
      case items, next
      case isIntact = "is_intact"
    }
  }

  private struct SettingAnswer: Encodable {
    let name: String
    let value: String
  }

  private struct NotificationAnswer: Encodable {
    let eventId: Int64
    let paymentMethod: String
    let eventKey: String
    let receivedAt: String
    /// As text where it is UTF-8, else null.
    let body: String?
    let bodyHex: String?

    enum CodingKeys: String, CodingKey {
      case body
      case eventId = "event_id"
      case paymentMethod = "payment_method"
      case eventKey = "event_key"
      case receivedAt = "received_at"
      case bodyHex = "body_hex"
    }
  }

  private static let rowsMax = 50

  private static func find(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> (items: [OperatorAction.Recorded], next: String?) {
    var search = OperatorAction.Search()
    search.actor = try actor(admin.filter("actor"), &connection)
    search.action = admin.filter("action")
    search.subject = admin.filter("subject")
    search.before = try admin.choice("after", .listPosition) { OutsideNumber($0)?.identifier }
    let found = try OperatorAction.latest(rowsMax + 1, search, in: &connection)
    let items = Array(found.prefix(rowsMax))
    return (items, found.count > rowsMax ? items.last.map { String($0.id) } : nil)
  }

  /// An actor of the records by what somebody types: an operator's user name, or an actor as it is.
  private static func actor(
    _ typed: String?, _ connection: inout Connection
  ) throws -> String? {
    guard let typed, let username = Username(typed) else { return typed }
    return try User.find(username, in: &connection)?.actor ?? typed
  }

  private static func isIntact(_ connection: inout Connection) throws -> Bool {
    for invariant in Invariant.audit {
      guard try invariant.check(&connection).isEmpty else { return false }
    }
    return true
  }

  /// `GET /api/admin/audit?actor=&action=&subject=&after=`
  static func audit(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try find(admin, &connection)
    return .success(
      Audit(
        items: found.items.map { ActionDocument($0, admin.site.zone) }, next: found.next,
        isIntact: try isIntact(&connection)))
  }

  static func auditPage(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try find(admin, &connection)
    let isIntact = try isIntact(&connection)
    let actors = try ActorNames(of: found.items, in: &connection)
    let details = AuditDetails(
      language: admin.language, actors: actors, faces: admin.site.faces)
    let kinds = OperatorAction.Kind.allCases.map {
      (value: $0.rawValue, text: $0.name(admin.language))
    }
    func field(_ name: String, _ label: Phrase) -> ConsoleField {
      ConsoleField(
        .line, name, admin.say(label), value: admin.filter(name) ?? "", isRequired: false)
    }
    let filters = [
      field("subject", .subject), field("actor", .actor),
      ConsoleField(
        .choice([(value: "", text: admin.say(.all))] + kinds), "action", admin.say(.action),
        value: admin.filter("action") ?? ""),
    ]
    let table = ConsoleTable(
      [
        .init(admin.say(.number)), .init(admin.say(.time)), .init(admin.say(.actor)),
        .init(admin.say(.action)), .init(admin.say(.subject)), .init(admin.say(.details)),
        .init(admin.say(.reason)),
      ],
      found.items.map { item in
        [
          .code(String(item.id)), .moment(admin.moment(item.createdAt)),
          .text(actors.shown(item.actor)),
          .text(OperatorAction.Kind.name(of: item.action, admin.language)), .code(item.subject),
          .optional(details.shown(item)), .text(item.reason),
        ]
      }, empty: admin.say(.nothingHere), more: admin.more(found.next))
    let badge =
      isIntact
      ? Badge(admin.say(.chainIntact), kind: "good") : Badge(admin.say(.chainBroken), kind: "bad")
    return admin.page(
      ConsolePage(
        admin.say(.auditLog), badge: badge,
        [ConsoleSection(nil, [.filters(filters), .table(table)])]))
  }

  /// `GET /api/admin/settings`
  static func settings(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(admin.console.settings.map { SettingAnswer(name: $0.name, value: $0.value) })
  }

  static func settingsPage(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let facts = admin.console.settings.map { (name: $0.name, value: ConsoleCell.text($0.value)) }
    return admin.page(
      ConsolePage(
        admin.say(.settings),
        [ConsoleSection(nil, [.text(admin.say(.settingsText)), .facts(facts)])]))
  }

  private static func notification(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> RawNotification {
    let outcome = try RawNotification.read(
      EventID(try admin.number()), keyRing: admin.console.keyRing, actor: admin.user.actor,
      on: &connection, at: admin.site.clock.now())
    switch outcome {
    case .found(let notification): return notification
    case .eventNotFound, .noBody: throw RouteError(.notFound)
    case .unreadable: throw RouteError(.conflict, message: admin.say(.unreadable))
    }
  }

  /// `GET /api/admin/events/{id}`: decrypts, which is recorded.
  static func event(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try notification(admin, &connection)
    let text = String(validating: found.body, as: UTF8.self)
    return .success(
      NotificationAnswer(
        eventId: found.eventID.value, paymentMethod: found.provider.rawValue,
        eventKey: found.eventKey, receivedAt: admin.rfc3339(found.receivedAt), body: text,
        bodyHex: text == nil ? Hex.encode(found.body) : nil))
  }

  static func eventPage(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try notification(admin, &connection)
    let text = String(validating: found.body, as: UTF8.self) ?? Hex.encode(found.body)
    return admin.page(
      ConsolePage(
        "\(admin.say(.event)) \(found.eventID)",
        [
          ConsoleSection(
            nil,
            [
              .notice(admin.say(.viewRecorded)),
              .facts([
                (admin.say(.consoleMethod), .text(admin.name(of: found.provider))),
                (admin.say(.eventKey), .code(found.eventKey)),
                (admin.say(.time), .moment(admin.moment(found.receivedAt))),
              ]), .raw(text),
            ])
        ]))
  }
}
