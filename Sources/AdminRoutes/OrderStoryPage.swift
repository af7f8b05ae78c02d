import Accounts
import AdminPages
import Database
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Provider
import Reconciliation
import Routes
import Vocabulary

/// The whole story of one order on one page, from the wish to buy to what became of the money.
struct OrderStoryPage {
  let admin: AdminCall
  let order: CoinOrder
  let trace: OrderTrace
  let differences: [ReconciliationItem]
  let confirmations: [Confirmation]
  let username: String
  let packageName: String
  let actors: ActorNames

  static func show(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let page = try read(admin, &connection)
    return admin.page(
      ConsolePage(
        page.order.number.text, badge: page.badge,
        [
          ConsoleSection(nil, [.facts(page.facts), .actions(try page.actions())]),
          ConsoleSection(admin.say(.payments), [page.attempts]),
          ConsoleSection(admin.say(.events), [page.events]),
          ConsoleSection(admin.say(.ledger), [page.entries]),
          ConsoleSection(admin.say(.refunds), [page.refunds]),
          ConsoleSection(admin.say(.disputes), [page.disputes]),
          ConsoleSection(admin.say(.suspense), [page.suspense]),
          ConsoleSection(
            admin.say(.confirmations),
            [ConfirmationRoutes.table(page.confirmations, page.actors, admin)]),
          ConsoleSection(admin.say(.providerCalls), [page.calls]),
          ConsoleSection(
            admin.say(.differences), [ReconciliationPages.table(page.differences, admin)]),
          ConsoleSection(admin.say(.history), [page.history]),
          ConsoleSection(admin.say(.doneByOperators), [page.doings]),
        ]))
  }

  static func read(_ admin: AdminCall, _ connection: inout Connection) throws -> OrderStoryPage {
    let order = try admin.order(&connection)
    let package = try CoinPackage.all(in: &connection).first { $0.id == order.packageID }
    let confirmations = try Confirmation.list(of: order.id, in: &connection)
    let trace = try OrderTrace.of(order, in: &connection)
    return OrderStoryPage(
      admin: admin, order: order, trace: trace,
      differences: try ReconciliationItem.list(of: order.id, in: &connection),
      confirmations: confirmations,
      username: try User.names(of: [order.userID], in: &connection)[order.userID] ?? "",
      packageName: package?.name.text(in: admin.language.code) ?? "",
      actors: try ActorNames(of: confirmations, trace, in: &connection))
  }

  private var status: OrderStatus { order.status(at: admin.site.clock.now()) }

  private var badge: Badge {
    Badge(Names.status(status, admin.language), kind: status.rawValue)
  }

  private var facts: [(name: String, value: ConsoleCell)] {
    [
      (
        admin.say(.user),
        .link(username, address: "/admin/users/\(PercentCoding.encode(username))")
      ),
      (admin.say(.package), .text(packageName)),
      (admin.say(.amount), .money(order.amount)),
      (
        admin.say(.consoleCoins),
        .number("\(Names.coins(order.coins)) + \(Names.coins(order.bonusCoins))")
      ),
      (admin.say(.consoleMethod), .text(admin.name(of: order.paymentMethod))),
      (admin.say(.created), .moment(admin.moment(order.createdAt))),
      (admin.say(.expires), .moment(admin.moment(order.expiresAt))),
      (admin.say(.paid), .optionalMoment(order.paidAt.map(admin.moment))),
    ]
  }

  private func column(_ phrase: Phrase, isNumber: Bool = false) -> ConsoleTable.Column {
    .init(admin.say(phrase), isNumber: isNumber)
  }

  private var attempts: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.merchantNumber), column(.state), column(.consoleMethod),
          column(.amount, isNumber: true), column(.providerNumber), column(.cause),
          column(.queries), column(.created), column(.paid),
        ],
        trace.attempts.map { attempt in
          [
            .code(attempt.outTradeNo),
            .badge(
              Badge(
                attempt.status.name(admin.language), kind: attempt.status.rawValue)),
            .text(admin.name(of: attempt.provider)), .money(attempt.amount),
            .optionalCode(attempt.providerTransactionID),
            .optional(attempt.cause.map { admin.language.step($0) }), asked(attempt),
            .moment(admin.moment(attempt.createdAt)),
            .optionalMoment(attempt.succeededAt.map(admin.moment)),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private func asked(_ attempt: OrderTrace.Attempt) -> ConsoleCell {
    guard let last = attempt.queriedAt else { return .none }
    return .text("\(attempt.queries) · \(admin.moment(last).human)")
  }

  private var events: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.number), column(.source), column(.kind), column(.amount, isNumber: true),
          column(.outcome), column(.cause), column(.providerNumber), column(.time), column(.body),
        ],
        trace.events.map { event in
          let canRead = event.hasBody && admin.may(.administrator)
          return [
            .code(event.id.description),
            .text(event.source.name(admin.language)),
            .text(EventKind.name(of: event.kind, admin.language)),
            event.amount.map(admin.reported) ?? .none,
            .badge(
              Badge(
                admin.language.outcome(event.outcome, orState: event.state),
                kind: event.outcome ?? event.state)),
            .optional(event.cause.map(admin.language.cause) ?? event.lastError),
            .optionalCode(event.providerTransactionID), .moment(admin.moment(event.receivedAt)),
            canRead ? .link(admin.say(.show), address: "/admin/events/\(event.id)") : .none,
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private var entries: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.number), column(.kind), column(.change, isNumber: true),
          column(.balanceAfterChange, isNumber: true), column(.event), column(.time),
        ],
        trace.entries.map { entry in
          [
            .code(String(entry.id)), .text(Posting.Kind.name(of: entry.kind, admin.language)),
            .number(
              (entry.isCredit ? "+" : "") + Names.coins(entry.isCredit ? entry.coins : -entry.coins)
            ),
            .number(Names.coins(entry.balanceAfter)),
            .optionalCode(entry.eventID?.description), .moment(admin.moment(entry.createdAt)),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private var refunds: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.refundNumber), column(.state), column(.amount, isNumber: true),
          column(.consoleCoins, isNumber: true), column(.reason), column(.actor),
          column(.providersReason), column(.providerNumber), column(.time),
        ],
        trace.refunds.map { refund in
          [
            .code(refund.outRequestNo),
            .badge(
              Badge(
                refund.status.name(admin.language), kind: refund.status.rawValue)),
            .money(refund.amount), .number(Names.coins(refund.coinsTaken)), .text(refund.reason),
            .text(actors.shown(refund.actor)), .optional(refund.cause.map(admin.language.cause)),
            .optionalCode(refund.providerRefundID), .moment(admin.moment(refund.createdAt)),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private var disputes: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.number), column(.state), column(.amount, isNumber: true),
          column(.coinsFrozen, isNumber: true), column(.reason), column(.respondBy), column(.time),
        ],
        trace.disputes.map { dispute in
          [
            .code(dispute.disputeID),
            .badge(
              Badge(
                DisputeNews.Status.name(of: dispute.status, admin.language), kind: dispute.status)),
            admin.reported(dispute.amount), .number(Names.coins(dispute.coinsFrozen)),
            .text(admin.language.cause(dispute.reason)),
            .optionalMoment(dispute.respondBy.map(admin.moment)),
            .moment(admin.moment(dispute.createdAt)),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private var suspense: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.number), column(.event), column(.amount, isNumber: true), column(.cause),
          column(.resolution), column(.time),
        ],
        trace.suspense.map { line in
          [
            .code(String(line.id)), .code(line.eventID.description), admin.reported(line.amount),
            .text(SuspenseReason.name(of: line.reason, admin.language)), .optional(line.resolution),
            .moment(admin.moment(line.createdAt)),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private var history: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          column(.time), column(.what), column(.formerState), column(.becameState), column(.actor),
          column(.cause),
        ],
        trace.steps.map { step in
          [
            .moment(admin.moment(step.at)),
            .text(admin.say(step.paymentID == nil ? .order : .payment)),
            .optional(
              step.from.map {
                admin.language.state($0, ofPayment: step.paymentID != nil)
              }),
            .text(admin.language.state(step.to, ofPayment: step.paymentID != nil)),
            .text(actors.shown(step.actor)), .text(admin.language.step(step.cause)),
          ]
        }, empty: admin.say(.nothingHere)))
  }
}
