import Accounts
import AdminPages
import Database
import HTTP
import Operators
import Pages
import Payments
import Provider
import Routes
import Vocabulary

/// Events that could not be settled, and money that no order could be credited with.
enum QueueRoutes {
  private struct Parked: Encodable {
    let id: Int64
    let paymentMethod: String
    let eventKey: String
    let outTradeNo: String?
    let receivedAt: String
    let error: String

    enum CodingKeys: String, CodingKey {
      case id, error
      case paymentMethod = "payment_method"
      case eventKey = "event_key"
      case outTradeNo = "out_trade_no"
      case receivedAt = "received_at"
    }
  }

  private struct Queue: Encodable {
    let pending: Int64
    let parked: Int64
    let oldest: String?
    let events: [Parked]
  }

  private struct Entry: Encodable {
    let id: Int64
    let paymentMethod: String
    let outTradeNo: String?
    let providerTxnId: String?
    let cause: String
    let minorUnits: Int64
    let currency: String
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case id, cause, currency
      case paymentMethod = "payment_method"
      case outTradeNo = "out_trade_no"
      case providerTxnId = "provider_txn_id"
      case minorUnits = "minor_units"
      case createdAt = "created_at"
    }
  }

  /// `GET /api/admin/queue`
  static func queue(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let figures = try ParkedEvents.figures(in: &connection)
    return .success(
      Queue(
        pending: figures.pending, parked: figures.parked,
        oldest: figures.oldest.map(admin.rfc3339),
        events: try ParkedEvents.list(in: &connection).map { entry in
          Parked(
            id: entry.id.value, paymentMethod: entry.provider.rawValue, eventKey: entry.eventKey,
            outTradeNo: entry.outTradeNo, receivedAt: admin.rfc3339(entry.receivedAt),
            error: entry.error)
        }))
  }

  /// `POST /api/admin/queue/{id}/retry`
  static func retry(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let count = try ParkedEvents.retry(
      EventID(try admin.number()), by: admin.user.actor, on: &connection,
      at: admin.site.clock.now())
    guard let count else { throw admin.stopped }
    guard count > 0 else { throw RouteError(.notFound) }
    return .success(Done(notice: admin.say(.willBeSettled)))
  }

  /// `POST /api/admin/queue/{id}/discard`
  static func discard(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try admin.resolve({ .parkedEvent(EventID($0)) }, &connection)
  }

  /// `GET /api/admin/suspense`
  static func suspense(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(
      try Suspense.open(in: &connection).map { entry in
        Entry(
          id: entry.id, paymentMethod: entry.provider.rawValue, outTradeNo: entry.outTradeNo,
          providerTxnId: entry.providerTransactionID, cause: entry.reason,
          minorUnits: entry.amount.minorUnits, currency: entry.amount.currencyCode,
          createdAt: admin.rfc3339(entry.createdAt))
      })
  }

  /// `POST /api/admin/suspense/{id}/resolve`
  static func resolve(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try admin.resolve(OpenMatter.suspense, &connection)
  }

  static func page(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let figures = try ParkedEvents.figures(in: &connection)
    let parked = try ParkedEvents.list(in: &connection)
    let entries = try Suspense.open(in: &connection)
    return admin.page(
      ConsolePage(
        admin.say(.queue),
        [
          ConsoleSection(
            admin.say(.queuedEvents),
            [
              .facts([
                (admin.say(.waitingEvents), .number(String(figures.pending))),
                (admin.say(.parkedEvents), .number(String(figures.parked))),
                (admin.say(.oldest), .optionalMoment(figures.oldest.map(admin.moment))),
              ])
            ]),
          ConsoleSection(admin.say(.parkedEvents), [parkedTable(parked, admin)]),
          ConsoleSection(admin.say(.suspense), [suspenseTable(entries, admin)]),
          try OverdueTable.section(admin, &connection),
        ]))
  }

  private static func parkedTable(
    _ entries: [ParkedEvents.Entry], _ admin: AdminCall
  ) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.number)), .init(admin.say(.consoleMethod)),
          .init(admin.say(.merchantNumber)),
          .init(admin.say(.eventKey)), .init(admin.say(.cause)), .init(admin.say(.time)),
          .init(admin.say(.actions)),
        ],
        entries.map { entry in
          [
            .code(entry.id.description), .text(admin.name(of: entry.provider)),
            .optionalCode(entry.outTradeNo), .code(entry.eventKey), .text(entry.error),
            .moment(admin.moment(entry.receivedAt)),
            actions(
              [
                (.retry, .resettleText, "retry", [], false),
                (.discard, .discardText, "discard", [admin.reasonField()], true),
              ], "/api/admin/queue/\(entry.id)", "event-\(entry.id)", admin),
          ]
        }, empty: admin.say(.nothingParked)))
  }

  private static func suspenseTable(
    _ entries: [Suspense.Entry], _ admin: AdminCall
  ) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.number)), .init(admin.say(.consoleMethod)),
          .init(admin.say(.merchantNumber)),
          .init(admin.say(.providerNumber)), .init(admin.say(.amount), isNumber: true),
          .init(admin.say(.cause)), .init(admin.say(.time)), .init(admin.say(.actions)),
        ],
        entries.map { entry in
          [
            .code(String(entry.id)), .text(admin.name(of: entry.provider)),
            .optionalCode(entry.outTradeNo), .optionalCode(entry.providerTransactionID),
            admin.reported(entry.amount),
            .text(SuspenseReason.name(of: entry.reason, admin.language)),
            .moment(admin.moment(entry.createdAt)),
            actions(
              [(.resolve, .resolveText, "resolve", [admin.reasonField()], false)],
              "/api/admin/suspense/\(entry.id)", "suspense-\(entry.id)", admin),
          ]
        }, empty: admin.say(.nothingInSuspense)))
  }

  private static func actions(
    _ offered: [(Phrase, Phrase, String, [ConsoleField], Bool)], _ address: String,
    _ id: String, _ admin: AdminCall
  ) -> ConsoleCell {
    guard admin.may(.operator) else { return .none }
    return .actions(
      offered.map { label, text, path, fields, isDangerous in
        ConsoleAction(
          admin.say(label), admin.say(text),
          ConsoleForm(
            "\(id)-\(path)", to: "\(address)/\(path)", fields, submit: admin.say(label),
            isDangerous: isDangerous))
      })
  }
}
