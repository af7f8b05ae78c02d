import AdminPages
import Database
import HTTP
import Pages
import Payments
import Provider
import Reconciliation
import Routes
import Vocabulary

/// The comparisons with the providers' books, and the differences of one.
enum ReconciliationPages {
  static func runs(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try ReconciliationRoutes.findRuns(admin, &connection)
    let methods = admin.site.faces.real.map {
      (value: $0.rawValue, text: admin.name(of: $0))
    }
    let filter = ConsoleField(
      .choice([(value: "", text: admin.say(.all))] + methods), "method", admin.say(.consoleMethod),
      value: admin.filter("method") ?? "")
    let table = ConsoleTable(
      [
        .init(admin.say(.day)), .init(admin.say(.consoleMethod)), .init(admin.say(.state)),
        .init(admin.say(.lines), isNumber: true), .init(admin.say(.matched), isNumber: true),
        .init(admin.say(.foreignLines), isNumber: true),
        .init(admin.say(.differences), isNumber: true), .init(admin.say(.open), isNumber: true),
        .init(admin.say(.cause)), .init(admin.say(.time)),
      ],
      found.runs.map { run in
        [
          .codeLink(run.day.description, address: "/admin/reconciliation/\(run.id)"),
          .text(admin.name(of: run.provider)), .badge(badge(run, admin)),
          .number(Names.coins(run.lines)), .number(Names.coins(run.matched)),
          .number(Names.coins(run.foreign)),
          .number(Names.coins(run.differences.values.reduce(0, +))),
          .number(Names.coins(run.open)), .optional(run.cause),
          .moment(admin.moment(run.startedAt)),
        ]
      }, empty: admin.say(.noRuns), more: admin.more(found.next))
    return admin.page(
      ConsolePage(
        admin.say(.reconciliation), [ConsoleSection(nil, [.filters([filter]), .table(table)])]))
  }

  static func items(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let (run, items, next) = try ReconciliationRoutes.findItems(admin, &connection)
    let facts: [(name: String, value: ConsoleCell)] = [
      (admin.say(.consoleMethod), .text(admin.name(of: run.provider))),
      (admin.say(.lines), .number(Names.coins(run.lines))),
      (admin.say(.matched), .number(Names.coins(run.matched))),
      (admin.say(.foreignLines), .number(Names.coins(run.foreign))),
      (admin.say(.open), .number(Names.coins(run.open))),
      (admin.say(.cause), .optional(run.cause)),
      (admin.say(.time), .moment(admin.moment(run.startedAt))),
    ]
    let kinds = Difference.allCases.map {
      (value: $0.rawValue, text: $0.name(admin.language))
    }
    let filters = [
      ConsoleField(
        .choice([(value: "", text: admin.say(.all))] + kinds), "kind", admin.say(.kind),
        value: admin.filter("kind") ?? ""),
      ConsoleField(
        .choice([(value: "", text: admin.say(.all)), (value: "yes", text: admin.say(.open))]),
        "open", admin.say(.state), value: admin.filter("open") ?? ""),
    ]
    return admin.page(
      ConsolePage(
        "\(admin.say(.reconciliation)) \(run.day)", badge: badge(run, admin),
        [
          ConsoleSection(nil, [.facts(facts)]),
          ConsoleSection(
            admin.say(.differences), [.filters(filters), table(items, admin, next: next)]),
        ]))
  }

  /// Differences with what both sides say, for a run's page and for an order's.
  static func table(
    _ items: [ReconciliationItem], _ admin: AdminCall, next: String? = nil
  ) -> ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.number)), .init(admin.say(.kind)), .init(admin.say(.merchantNumber)),
          .init(admin.say(.providerNumber)), .init(admin.say(.ours)), .init(admin.say(.theirs)),
          .init(admin.say(.time)), .init(admin.say(.resolution)), .init(admin.say(.actions)),
        ],
        items.map { row($0, admin) }, empty: admin.say(.noDifferences), more: admin.more(next)))
  }

  private static func row(_ item: ReconciliationItem, _ admin: AdminCall) -> [ConsoleCell] {
    [
      .code(String(item.id)),
      .badge(
        Badge(
          item.kind.name(admin.language),
          kind: item.isOpen ? "bad" : "good")),
      .optionalCode(item.outRequestNo ?? item.outTradeNo),
      .optionalCode(item.providerRefundID ?? item.providerTransactionID),
      side(item.ours, admin), side(item.theirs, admin), .moment(admin.moment(item.occurredAt)),
      .optional(item.resolution), actions(item, admin),
    ]
  }

  private static func side(_ side: ReconciliationItem.Side?, _ admin: AdminCall) -> ConsoleCell {
    guard let side else { return .none }
    let money = Currency(side.amount.currencyCode).flatMap {
      Money(minorUnits: side.amount.minorUnits, currency: $0)
    }
    let amount = money?.display ?? "\(side.amount.minorUnits) \(side.amount.currencyCode)"
    return .text("\(admin.language.booked(side.status)) · \(amount)")
  }

  private static func actions(_ item: ReconciliationItem, _ admin: AdminCall) -> ConsoleCell {
    guard item.isOpen, admin.may(.operator) else { return .none }
    return .actions([
      ConsoleAction(
        admin.say(.resolve), admin.say(.resolveText),
        ConsoleForm(
          "difference-\(item.id)", to: "/api/admin/differences/\(item.id)/resolve",
          [admin.reasonField()], submit: admin.say(.resolve)))
    ])
  }

  private static func badge(_ run: ReconciliationRun, _ admin: AdminCall) -> Badge {
    let isGood = run.state == .complete && run.open == 0
    return Badge(
      run.state.name(admin.language),
      kind: isGood ? "good" : run.state == .failed || run.open > 0 ? "bad" : run.state.rawValue)
  }
}
