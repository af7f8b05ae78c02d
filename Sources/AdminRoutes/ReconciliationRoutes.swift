import Accounts
import AdminPages
import Database
import HTTP
import Pages
import Payments
import Provider
import Reconciliation
import Routes
import Vocabulary

/// What comparing the providers' books with ours came to, and the differences that wait for somebody.
enum ReconciliationRoutes {
  private struct Run: Encodable {
    let id: Int64
    let paymentMethod: String
    let day: String
    let state: String
    let cause: String?
    let lines: Int64
    let matched: Int64
    let differences: [String: Int64]
    let open: Int64
    let startedAt: String
    let completedAt: String?

    init(_ run: ReconciliationRun, _ admin: AdminCall) {
      id = run.id
      paymentMethod = run.provider.rawValue
      day = run.day.description
      state = run.state.rawValue
      cause = run.cause
      lines = run.lines
      matched = run.matched
      differences = Dictionary(
        uniqueKeysWithValues: run.differences.map { ($0.key.rawValue, $0.value) })
      open = run.open
      startedAt = admin.rfc3339(run.startedAt)
      completedAt = run.completedAt.map(admin.rfc3339)
    }
  }

  private struct Side: Encodable {
    let status: String
    let minorUnits: Int64
    let currency: String

    init(_ side: ReconciliationItem.Side) {
      status = side.status
      minorUnits = side.amount.minorUnits
      currency = side.amount.currencyCode
    }
  }

  private struct Item: Encodable {
    let id: Int64
    let runId: Int64
    let paymentMethod: String
    let kind: String
    let subject: String
    let outTradeNo: String?
    let providerTxnId: String?
    let refundNo: String?
    let ours: Side?
    let theirs: Side?
    let occurredAt: String
    let resolution: String?
    let resolvedBy: String?

    init(_ item: ReconciliationItem, _ admin: AdminCall) {
      id = item.id
      runId = item.runID
      paymentMethod = item.provider.rawValue
      kind = item.kind.rawValue
      subject = item.subject.rawValue
      outTradeNo = item.outTradeNo
      providerTxnId = item.providerTransactionID
      refundNo = item.outRequestNo ?? item.providerRefundID
      ours = item.ours.map { Side($0) }
      theirs = item.theirs.map { Side($0) }
      occurredAt = admin.rfc3339(item.occurredAt)
      resolution = item.resolution
      resolvedBy = item.actor
    }
  }

  private struct Runs: Encodable {
    let items: [Run]
    let next: String?
  }

  private struct Differences: Encodable {
    let run: Run
    let items: [Item]
    let next: String?
  }

  private static let runsMax = 50
  private static let itemsMax = 100

  static func findRuns(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> (runs: [ReconciliationRun], next: String?) {
    let found = try ReconciliationRun.latest(
      of: try admin.choice("method") { PaymentMethod(rawValue: $0) },
      before: try admin.choice("after") { Int64($0) }, limit: runsMax + 1, in: &connection)
    let runs = Array(found.prefix(runsMax))
    return (runs, found.count > runsMax ? runs.last.map { String($0.id) } : nil)
  }

  static func findItems(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> (run: ReconciliationRun, items: [ReconciliationItem], next: String?) {
    guard let run = try ReconciliationRun.find(try admin.number(), in: &connection) else {
      throw RouteError(.notFound)
    }
    let filter = ItemFilter(
      run: run.id, kind: try admin.choice("kind") { Difference(rawValue: $0) },
      isOpenOnly: admin.filter("open") == "yes")
    let found = try ReconciliationItem.page(
      filter, after: try admin.choice("after") { Int64($0) } ?? 0, limit: itemsMax + 1,
      in: &connection)
    let items = Array(found.prefix(itemsMax))
    return (run, items, found.count > itemsMax ? items.last.map { String($0.id) } : nil)
  }

  /// `GET /api/admin/reconciliation?method=&after=`
  static func runs(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try findRuns(admin, &connection)
    return .success(Runs(items: found.runs.map { Run($0, admin) }, next: found.next))
  }

  /// `GET /api/admin/reconciliation/{id}?kind=&open=yes&after=`
  static func items(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try findItems(admin, &connection)
    return .success(
      Differences(
        run: Run(found.run, admin), items: found.items.map { Item($0, admin) }, next: found.next))
  }

  /// `POST /api/admin/differences/{id}/resolve`
  static func resolve(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try admin.resolve(&connection) { (id, reason, transaction, moment) throws(DatabaseError) in
      try ReconciliationItem.resolve(
        id, reason: reason, actor: admin.user.actor, in: &transaction, at: moment)
    }
  }
}
