import Accounts
import AdminPages
import Database
import Documents
import HTTP
import Operators
import Pages
import Payments
import Provider
import Reconciliation
import Routes
import Vocabulary

/// What comparing the providers' books with ours came to, and the differences that wait for somebody.
enum ReconciliationRoutes {
  private struct Runs: Encodable {
    let items: [RunDocument]
    let next: String?
  }

  private struct Differences: Encodable {
    let run: RunDocument
    let items: [DifferenceDocument]
    let next: String?
  }

  private static let runsMax = 50
  private static let itemsMax = 100

  static func findRuns(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> (runs: [ReconciliationRun], next: String?) {
    let found = try ReconciliationRun.latest(
      of: try admin.choice("method", .consoleMethod, admin.site.faces.method(named:)),
      before: try admin.choice("after", .listPosition) { OutsideNumber($0)?.identifier },
      limit: runsMax + 1,
      in: &connection)
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
      run: run.id, kind: try admin.choice("kind", .kind) { Difference(rawValue: $0) },
      isOpenOnly: admin.filter("open") == "yes")
    let found = try ReconciliationItem.page(
      filter,
      after: try admin.after(),
      limit: itemsMax + 1, in: &connection)
    let items = Array(found.prefix(itemsMax))
    return (run, items, found.count > itemsMax ? items.last.map { String($0.id) } : nil)
  }

  /// `GET /api/admin/reconciliation?method=&after=`
  static func runs(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try findRuns(admin, &connection)
    return .success(
      Runs(items: found.runs.map { RunDocument($0, admin.site.zone) }, next: found.next))
  }

  /// `GET /api/admin/reconciliation/{id}?kind=&open=yes&after=`
  static func items(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let found = try findItems(admin, &connection)
    return .success(
      Differences(
        run: RunDocument(found.run, admin.site.zone),
        items: found.items.map { DifferenceDocument($0, admin.site.zone) }, next: found.next))
  }

  /// `POST /api/admin/differences/{id}/resolve`
  static func resolve(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    try admin.resolve(OpenMatter.difference, &connection)
  }
}
