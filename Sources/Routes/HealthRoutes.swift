import Database
import HTTP
import HTTPTypes
import Pages

/// What a supervisor asks.
enum HealthRoutes {
  /// The process answers.
  static func healthz(_ call: Call, _ connection: inout Connection) throws -> Response {
    .text("ok\n")
  }

  /// The process can do its work: the database answers and has this binary's schema. For this machine only.
  static func readyz(_ call: Call, _ connection: inout Connection) throws -> Response {
    guard isLocal(call.request.remoteAddress) else { throw RouteError(.notFound) }
    do throws(DatabaseError) {
      if try call.site.isSchemaCurrent(&connection) { return .text("ready\n") }
      return .text(
        "the database's schema is not this version's; run: coinpay migrate\n",
        status: .serviceUnavailable)
    } catch {
      return .text("the database cannot be reached\n", status: .serviceUnavailable)
    }
  }

  /// Figures in Prometheus' text format, for this machine only.
  static func metrics(_ call: Call, _ connection: inout Connection) throws -> Response {
    guard isLocal(call.request.remoteAddress) else { throw RouteError(.notFound) }
    return .text(call.site.metrics(&connection))
  }

  private static func isLocal(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1"
  }
}
