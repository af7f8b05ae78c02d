public import Database
public import Provider
public import Vocabulary

/// The figures of a period, read from the summaries alone.
public struct StatisticsReport: Sendable {
  public struct Line: Hashable, Sendable {
    /// The slot's beginning for programs: a date, or an hour as RFC 3339.
    public let slot: String
    /// Its beginning on the local clock, for people.
    public let label: String
    public let method: PaymentMethod
    public let currency: Currency
    public let figures: Figures
  }

  public struct CauseLine: Hashable, Sendable {
    public let method: PaymentMethod
    public let cause: Cause.Kind
    public let count: Int64
  }

  public struct DurationLine: Hashable, Sendable {
    public let method: PaymentMethod
    public let durations: DurationCounts
  }

  public let period: StatisticsPeriod
  /// In the order of slots; slots without anything are left out.
  public let lines: [Line]
  /// The most frequent first.
  public let causes: [CauseLine]
  /// From the making of an order to its payment, by the method that paid.
  public let durations: [DurationLine]
  /// Quarter hours of any time that have changed and are not counted again yet.
  public let staleQuarters: Int64

  /// - Throws: what the database answered.
  public static func read(
    _ period: StatisticsPeriod, zone: TimeZoneOffset, on connection: inout Connection
  ) throws(DatabaseError) -> StatisticsReport {
    try connection.snapshot { (transaction) throws(DatabaseError) in
      let (causes, durations) = try counts(period, in: &transaction)
      let stale = try transaction.first(
        "SELECT COUNT(*) FROM statistics_stale", as: Int64.self)
      return StatisticsReport(
        period: period, lines: try lines(period, zone, in: &transaction), causes: causes,
        durations: durations, staleQuarters: stale ?? 0)
    }
  }

  private struct Key: Hashable {
    let slot: Int64
    let method: PaymentMethod
    let currency: Currency
  }

  private typealias Columns = (
    Int64, PaymentMethod, Currency, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64,
    Int64, Int64
  )

  private static func lines(
    _ period: StatisticsPeriod, _ zone: TimeZoneOffset, in transaction: inout Transaction
  ) throws(DatabaseError) -> [Line] {
    var sums: [Key: Figures] = [:]
    let pieces = period.pieces(zone)
    for piece in pieces {
      let rows = try transaction.all(
        """
        SELECT (quarter * \(Quarter.seconds) + \(piece.offsetSeconds)) DIV \(period.slot.seconds)
            AS slot, provider, currency,
          CAST(SUM(begun) AS SIGNED), CAST(SUM(begun_succeeded) AS SIGNED),
          CAST(SUM(begun_failed) AS SIGNED), CAST(SUM(begun_closed) AS SIGNED),
          CAST(SUM(paid) AS SIGNED), CAST(SUM(paid_amount) AS SIGNED),
          CAST(SUM(duplicates) AS SIGNED), CAST(SUM(duplicates_amount) AS SIGNED),
          CAST(SUM(refunds) AS SIGNED), CAST(SUM(refunded) AS SIGNED),
          CAST(SUM(refunded_amount) AS SIGNED)
        FROM statistics_quarters
        WHERE quarter >= \(piece.quarters.lowerBound) AND quarter < \(piece.quarters.upperBound)
        GROUP BY slot, provider, currency
        """, as: Columns.self)
      // An hour that clocks pass twice is one slot.
      for row in rows {
        sums[Key(slot: row.0, method: row.1, currency: row.2), default: Figures()] += figures(row)
      }
    }
    let keys = sums.keys.sorted {
      ($0.slot, $0.method.rawValue, $0.currency.code)
        < ($1.slot, $1.method.rawValue, $1.currency.code)
    }
    return keys.map { key in
      Line(
        slot: period.text(key.slot, pieces), label: period.label(key.slot), method: key.method,
        currency: key.currency, figures: sums[key] ?? Figures())
    }
  }

  private static func figures(_ row: Columns) -> Figures {
    var figures = Figures()
    (figures.begun, figures.begunSucceeded) = (row.3, row.4)
    (figures.begunFailed, figures.begunClosed) = (row.5, row.6)
    (figures.paid, figures.paidAmount) = (row.7, row.8)
    (figures.duplicates, figures.duplicatesAmount) = (row.9, row.10)
    (figures.refunds, figures.refunded, figures.refundedAmount) = (row.11, row.12, row.13)
    return figures
  }

  /// Whole days of UTC from their sums, the rest from quarters.
  private static func counts(
    _ period: StatisticsPeriod, in transaction: inout Transaction
  ) throws(DatabaseError) -> ([CauseLine], [DurationLine]) {
    let (first, end) = (period.quarters.lowerBound, period.quarters.upperBound)
    let lastDay = end.dayStart
    let firstDay = min(first.adding(Quarter.perDay - 1).dayStart, lastDay)
    let days = max(firstDay, first)..<max(lastDay, max(firstDay, first))
    let rows = try transaction.all(
      """
      SELECT figure, provider, item, CAST(SUM(count) AS SIGNED) FROM statistics_counts
      WHERE (span = 'D' AND quarter >= \(days.lowerBound) AND quarter < \(days.upperBound))
        OR (span = 'Q' AND quarter >= \(first) AND quarter < \(days.lowerBound))
        OR (span = 'Q' AND quarter >= \(days.upperBound) AND quarter < \(end))
      GROUP BY figure, provider, item
      """, as: (String, PaymentMethod, String, Int64).self)
    var causes: [CauseLine] = []
    var durations: [PaymentMethod: DurationCounts] = [:]
    for (figure, method, item, count) in rows {
      if figure == "CAUSE" {
        let kind = Cause.Kind(rawValue: item) ?? .other
        causes.append(CauseLine(method: method, cause: kind, count: count))
      } else if let number = Int64(item) {
        durations[method, default: DurationCounts()].add(count, to: DurationClass(number))
      }
    }
    return (
      causes.sorted { ($1.count, $0.method.rawValue) < ($0.count, $1.method.rawValue) },
      durations.keys.sorted { $0.rawValue < $1.rawValue }.map { method in
        DurationLine(method: method, durations: durations[method] ?? DurationCounts())
      }
    )
  }
}
