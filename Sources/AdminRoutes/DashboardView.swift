import AdminPages
import HTTP
import Pages
import Provider
import Routes
import Statistics
import Vocabulary

/// The sections of the dashboard: each a chart with a table of the same figures beneath.
struct DashboardView {
  let admin: AdminCall
  private let report: StatisticsReport
  private let methods: [PaymentMethod]
  private let slots: [String]

  init(_ report: StatisticsReport, _ admin: AdminCall) {
    self.report = report
    self.admin = admin
    let seen = Set(report.lines.map(\.method))
    methods = admin.site.faces.methods.filter { seen.contains($0) }
    var slots: [String] = []
    for line in report.lines where slots.last != line.label { slots.append(line.label) }
    self.slots = slots
  }

  func say(_ phrase: Phrase) -> String { phrase.text(admin.language) }

  private func name(_ method: PaymentMethod) -> String { admin.name(of: method) }

  private func number(_ count: Int64) -> ConsoleCell { .number(Names.coins(count)) }

  private func csv(_ table: StatisticsTable) -> ConsoleBlock {
    let period = report.period
    return .links([
      (
        say(.csv),
        "/api/admin/statistics.csv?table=\(table.rawValue)&from=\(period.first)&to=\(period.last)"
          + "&by=\(period.slot.rawValue)"
      )
    ])
  }

  private func table(_ columns: [ConsoleTable.Column], _ rows: [[ConsoleCell]]) -> ConsoleBlock {
    .table(ConsoleTable(columns, rows, empty: say(.nothing)))
  }

  /// Sums of lines by whatever a closure gives.
  private func sums<Key: Hashable>(_ key: (StatisticsReport.Line) -> Key) -> [Key: Figures] {
    var sums: [Key: Figures] = [:]
    for line in report.lines { sums[key(line), default: Figures()] += line.figures }
    return sums
  }

  var overview: ConsoleBlock {
    let totals = sums(\.method)
    let columns: [ConsoleTable.Column] = [
      .init(admin.say(.consoleMethod)), .init(say(.begun), isNumber: true),
      .init(say(.paidCount), isNumber: true), .init(say(.failed), isNumber: true),
      .init(say(.closed), isNumber: true), .init(say(.undecided), isNumber: true),
      .init(say(.successRate), isNumber: true),
    ]
    return table(
      columns,
      methods.map { method in
        let figures = totals[method] ?? Figures()
        return [
          .text(name(method)), number(figures.begun), number(figures.begunSucceeded),
          number(figures.begunFailed), number(figures.begunClosed),
          number(figures.begun - figures.begunEnded), rate(figures),
        ]
      })
  }

  private func rate(_ figures: Figures?) -> ConsoleCell {
    guard let figures, let percent = figures.successPercent else { return .none }
    return .number("\(percent) %")
  }

  private struct Place: Hashable {
    let slot: String
    let method: PaymentMethod
  }

  var successRate: [ConsoleBlock] {
    let figures = sums { Place(slot: $0.label, method: $0.method) }
    let chart = ConsoleChart(
      say(.successRate), .line, unit: "%", labels: slots,
      series: methods.map { method in
        ConsoleChart.Series(
          name(method),
          slots.map { slot in
            figures[Place(slot: slot, method: method)]?.successPermille.map { Double($0) / 10 }
          })
      })
    let columns =
      [ConsoleTable.Column(say(report.period.slot == .hour ? .hour : .day))]
      + methods.map { ConsoleTable.Column(name($0), isNumber: true) }
    let rows = slots.map { slot -> [ConsoleCell] in
      [.text(slot)]
        + methods.map { method in
          guard let found = figures[Place(slot: slot, method: method)],
            let percent = found.successPercent
          else { return .none }
          return .number("\(percent) % (\(found.begunSucceeded)/\(found.begunEnded))")
        }
    }
    return [.text(say(.successRateHint))] + (slots.isEmpty ? [] : [.chart(chart)])
      + [table(columns, rows), csv(.slots)]
  }

  var causes: [ConsoleBlock] {
    var counts: [Cause.Kind: [PaymentMethod: Int64]] = [:]
    for line in report.causes { counts[line.cause, default: [:]][line.method] = line.count }
    func total(_ kind: Cause.Kind) -> Int64 { counts[kind]?.values.reduce(0, +) ?? 0 }
    let kinds = Cause.Kind.allCases.filter { total($0) > 0 }.sorted { total($0) > total($1) }
    let involved = admin.site.faces.methods.filter { method in
      report.causes.contains { $0.method == method }
    }
    let labels = kinds.map { $0.name(admin.language) }
    let chart = ConsoleChart(
      say(.causes), .stack, labels: labels,
      series: involved.map { method in
        ConsoleChart.Series(name(method), kinds.map { Double(counts[$0]?[method] ?? 0) })
      })
    let columns =
      [ConsoleTable.Column(say(.cause))]
      + involved.map { ConsoleTable.Column(name($0), isNumber: true) }
      + [ConsoleTable.Column(say(.total), isNumber: true)]
    let rows = zip(kinds, labels).map { kind, label -> [ConsoleCell] in
      [.text(label)] + involved.map { number(counts[kind]?[$0] ?? 0) } + [number(total(kind))]
    }
    return [.text(say(.causesHint))] + (kinds.isEmpty ? [] : [.chart(chart)])
      + [table(columns, rows), csv(.causes)]
  }

  var durations: [ConsoleBlock] {
    func seconds(_ milliseconds: Int64?) -> Double? { milliseconds.map { Double($0) / 1_000 } }
    func cell(_ milliseconds: Int64?) -> ConsoleCell {
      milliseconds.map { .number("\($0 / 1_000).\($0 % 1_000 / 100) \(say(.secondsUnit))") }
        ?? .none
    }
    let lines = report.durations
    let chart = ConsoleChart(
      say(.durations), .bar, unit: say(.secondsUnit), labels: lines.map { name($0.method) },
      series: [
        ConsoleChart.Series(
          say(.median), lines.map { seconds($0.durations.milliseconds(percent: 50)) }),
        ConsoleChart.Series(
          say(.slowest), lines.map { seconds($0.durations.milliseconds(percent: 95)) }),
      ])
    let columns: [ConsoleTable.Column] = [
      .init(admin.say(.consoleMethod)), .init(say(.count), isNumber: true),
      .init(say(.median), isNumber: true), .init(say(.slowest), isNumber: true),
    ]
    let rows = lines.map { line -> [ConsoleCell] in
      [
        .text(name(line.method)), number(line.durations.total),
        cell(line.durations.milliseconds(percent: 50)),
        cell(line.durations.milliseconds(percent: 95)),
      ]
    }
    return [.text(say(.durationsHint))] + (lines.isEmpty ? [] : [.chart(chart)])
      + [table(columns, rows), csv(.durations)]
  }

  private struct Day: Hashable, Comparable {
    let date: String
    let currency: Currency

    static func < (left: Day, right: Day) -> Bool {
      (left.date, left.currency.code) < (right.date, right.currency.code)
    }
  }

  private var days: [Day: Figures] {
    sums { Day(date: String($0.label.prefix(10)), currency: $0.currency) }
  }

  private func money(_ minorUnits: Int64, _ currency: Currency) -> ConsoleCell {
    .number(currency.decimal(minorUnits: minorUnits))
  }

  var amounts: [ConsoleBlock] {
    let days = days
    let dates = Set(days.keys.map(\.date)).sorted()
    let currencies = Set(days.keys.map(\.currency)).sorted { $0.code < $1.code }
    // One chart for each currency: their numbers do not compare.
    let charts = currencies.map { currency in
      let digits = (0..<currency.minorUnitDigits).reduce(1.0) { product, _ in product * 10 }
      func values(_ amount: (Figures) -> Int64) -> [Double?] {
        dates.map { date in
          days[Day(date: date, currency: currency)].map { Double(amount($0)) / digits }
        }
      }
      return ConsoleBlock.chart(
        ConsoleChart(
          "\(say(.amounts)) · \(currency)", .bar, unit: currency.code, labels: dates,
          series: [
            ConsoleChart.Series(say(.paidAmount), values(\.paidAmount)),
            ConsoleChart.Series(say(.refundedTotal), values(\.refundedAmount)),
          ]))
    }
    let columns: [ConsoleTable.Column] = [
      .init(say(.day)), .init(say(.currency)), .init(say(.paidCount), isNumber: true),
      .init(say(.paidAmount), isNumber: true), .init(say(.refundedTotal), isNumber: true),
      .init(say(.netAmount), isNumber: true),
    ]
    let rows = days.keys.sorted().map { day -> [ConsoleCell] in
      let figures = days[day] ?? Figures()
      return [
        .text(day.date), .text(day.currency.code), number(figures.paid),
        money(figures.paidAmount, day.currency), money(figures.refundedAmount, day.currency),
        money(figures.netAmount, day.currency),
      ]
    }
    return [.text(say(.amountsHint))] + charts + [table(columns, rows), csv(.slots)]
  }

  var duplicatesAndRefunds: [ConsoleBlock] {
    let days = days.filter { $0.value.duplicates > 0 || $0.value.refunds > 0 }
    let keys = days.keys.sorted()
    let dates = Set(keys.map(\.date)).sorted()
    func values(_ count: (Figures) -> Int64) -> [Double?] {
      dates.map { date in
        Double(keys.filter { $0.date == date }.reduce(Int64(0)) { $0 + (days[$1].map(count) ?? 0) })
      }
    }
    let chart = ConsoleChart(
      say(.duplicatesAndRefunds), .bar, labels: dates,
      series: [
        ConsoleChart.Series(say(.duplicates), values(\.duplicates)),
        ConsoleChart.Series(say(.refundsMade), values(\.refunded)),
      ])
    let columns: [ConsoleTable.Column] = [
      .init(say(.day)), .init(say(.currency)), .init(say(.duplicates), isNumber: true),
      .init(say(.duplicatesAmount), isNumber: true), .init(say(.refundsAsked), isNumber: true),
      .init(say(.refundsMade), isNumber: true), .init(say(.refundedTotal), isNumber: true),
    ]
    let rows = keys.map { day -> [ConsoleCell] in
      let figures = days[day] ?? Figures()
      return [
        .text(day.date), .text(day.currency.code), number(figures.duplicates),
        money(figures.duplicatesAmount, day.currency), number(figures.refunds),
        number(figures.refunded), money(figures.refundedAmount, day.currency),
      ]
    }
    return [.text(say(.refundsHint))] + (keys.isEmpty ? [] : [.chart(chart)])
      + [table(columns, rows)]
  }
}
