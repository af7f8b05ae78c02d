import AdminPages
import Database
import FoundationEssentials
import HTTP
import HTTPTypes
import Pages
import Provider
import Routes
import Statistics
import Vocabulary

/// Figures for programs, and as tables for spreadsheets.
enum StatisticsAPI {
  private struct Answer: Encodable {
    struct Line: Encodable {
      let slot: String
      let paymentMethod: String
      let currency: String
      let begun: Int64
      let begunSucceeded: Int64
      let begunFailed: Int64
      let begunClosed: Int64
      let successPercent: Decimal?
      let paid: Int64
      let paidAmount: Decimal
      let duplicates: Int64
      let duplicatesAmount: Decimal
      let refunds: Int64
      let refunded: Int64
      let refundedAmount: Decimal
      let netAmount: Decimal

      enum CodingKeys: String, CodingKey {
        case slot, currency, begun, paid, duplicates, refunds, refunded
        case paymentMethod = "payment_method"
        case begunSucceeded = "begun_succeeded"
        case begunFailed = "begun_failed"
        case begunClosed = "begun_closed"
        case successPercent = "success_percent"
        case paidAmount = "paid_amount"
        case duplicatesAmount = "duplicates_amount"
        case refundedAmount = "refunded_amount"
        case netAmount = "net_amount"
      }

      init(_ line: StatisticsReport.Line) {
        let figures = line.figures
        func amount(_ minorUnits: Int64) -> Decimal {
          Decimal(
            sign: minorUnits < 0 ? .minus : .plus, exponent: -line.currency.minorUnitDigits,
            significand: Decimal(minorUnits.magnitude))
        }
        slot = line.slot
        paymentMethod = line.method.rawValue
        currency = line.currency.code
        (begun, begunSucceeded) = (figures.begun, figures.begunSucceeded)
        (begunFailed, begunClosed) = (figures.begunFailed, figures.begunClosed)
        successPercent = figures.successPermille.map {
          Decimal(sign: .plus, exponent: -1, significand: Decimal($0))
        }
        (paid, paidAmount) = (figures.paid, amount(figures.paidAmount))
        (duplicates, duplicatesAmount) = (figures.duplicates, amount(figures.duplicatesAmount))
        (refunds, refunded) = (figures.refunds, figures.refunded)
        (refundedAmount, netAmount) = (amount(figures.refundedAmount), amount(figures.netAmount))
      }
    }

    struct CauseCount: Encodable {
      let paymentMethod: String
      let cause: String
      let count: Int64

      enum CodingKeys: String, CodingKey {
        case cause, count
        case paymentMethod = "payment_method"
      }
    }

    struct Durations: Encodable {
      let paymentMethod: String
      let count: Int64
      let p50Ms: Int64?
      let p95Ms: Int64?

      enum CodingKeys: String, CodingKey {
        case count
        case paymentMethod = "payment_method"
        case p50Ms = "p50_ms"
        case p95Ms = "p95_ms"
      }
    }

    let from: String
    let to: String
    let by: String
    let slots: [Line]
    let causes: [CauseCount]
    let durations: [Durations]
    let staleQuarters: Int64

    enum CodingKeys: String, CodingKey {
      case from, to, by, slots, causes, durations
      case staleQuarters = "stale_quarters"
    }

    init(_ report: StatisticsReport) {
      from = report.period.first.description
      to = report.period.last.description
      by = report.period.slot.rawValue
      slots = report.lines.map { Line($0) }
      causes = report.causes.map {
        CauseCount(paymentMethod: $0.method.rawValue, cause: $0.cause.rawValue, count: $0.count)
      }
      durations = report.durations.map {
        Durations(
          paymentMethod: $0.method.rawValue, count: $0.durations.total,
          p50Ms: $0.durations.milliseconds(percent: 50),
          p95Ms: $0.durations.milliseconds(percent: 95))
      }
      staleQuarters = report.staleQuarters
    }
  }

  /// `GET /api/admin/statistics?from=&to=&by=`
  static func statistics(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    .success(Answer(try read(admin, &connection)))
  }

  /// `GET /api/admin/statistics.csv?table=&from=&to=&by=`
  static func csv(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let table = try admin.choice("table", .csv) { StatisticsTable(rawValue: $0) } ?? .slots
    let report = try read(admin, &connection)
    let name = "coinpay-\(table.rawValue)-\(report.period.first)-\(report.period.last).csv"
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
        .contentDisposition: "attachment; filename=\"\(name)\"",
      ], body: Array(report.csv(table).utf8))
  }

  /// The period that the address names, today when it names none.
  /// - Throws: INVALID_PARAMETERS.
  static func period(_ admin: AdminCall) throws(RouteError) -> StatisticsPeriod {
    let zone = admin.site.zone
    let today = zone.day(of: admin.site.clock.now()).date
    let first = try admin.choice("from", .fromDay) { CalendarDate($0) }
    let last = try admin.choice("to", .until) { CalendarDate($0) }
    let slot = try admin.choice("by", .by) { StatisticsPeriod.Slot(rawValue: $0) }
    let period = StatisticsPeriod(
      first: first ?? last ?? today, last: last ?? (first.map { max($0, today) } ?? today),
      slot: slot, zone: zone)
    guard let period else {
      throw RouteError(.invalidParameters, message: admin.say(.periodWrong))
    }
    return period
  }

  static func read(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws -> StatisticsReport {
    try StatisticsReport.read(try period(admin), zone: admin.site.zone, on: &connection)
  }
}
