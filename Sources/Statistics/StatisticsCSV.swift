import Provider
import Vocabulary

/// The tables of a report as text, one line a row, with a line of names first.
public enum StatisticsTable: String, CaseIterable, Sendable {
  case slots
  case causes
  case durations
}

extension StatisticsReport {
  /// Source: RFC 4180. No field needs quotes: all are words of this program and numbers.
  public func csv(_ table: StatisticsTable) -> String {
    let rows =
      switch table {
      case .slots: slotRows
      case .causes: causeRows
      case .durations: durationRows
      }
    return rows.map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private var slotRows: [[String]] {
    let names = [
      "slot", "method", "currency", "begun", "begun_succeeded", "begun_failed", "begun_closed",
      "success_percent", "paid", "paid_amount", "duplicates", "duplicates_amount", "refunds",
      "refunded", "refunded_amount", "net_amount",
    ]
    return [names]
      + lines.map { line in
        let (figures, currency) = (line.figures, line.currency)
        return [
          line.slot, line.method.rawValue, currency.code, "\(figures.begun)",
          "\(figures.begunSucceeded)", "\(figures.begunFailed)", "\(figures.begunClosed)",
          figures.successPercent ?? "", "\(figures.paid)",
          currency.decimal(minorUnits: figures.paidAmount), "\(figures.duplicates)",
          currency.decimal(minorUnits: figures.duplicatesAmount), "\(figures.refunds)",
          "\(figures.refunded)", currency.decimal(minorUnits: figures.refundedAmount),
          currency.decimal(minorUnits: figures.netAmount),
        ]
      }
  }

  private var causeRows: [[String]] {
    [["method", "cause", "count"]]
      + causes.map { [$0.method.rawValue, $0.cause.rawValue, "\($0.count)"] }
  }

  private var durationRows: [[String]] {
    [["method", "count", "p50_ms", "p95_ms"]]
      + durations.map { line in
        [
          line.method.rawValue, "\(line.durations.total)",
          line.durations.milliseconds(percent: 50).map(String.init) ?? "",
          line.durations.milliseconds(percent: 95).map(String.init) ?? "",
        ]
      }
  }
}

extension Figures {
  /// `97.5`; nil when no payment has ended.
  public var successPercent: String? {
    successPermille.map { "\($0 / 10).\($0 % 10)" }
  }
}
