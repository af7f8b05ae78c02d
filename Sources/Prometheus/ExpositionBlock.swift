/// The lines of one family.
struct ExpositionBlock {
  private let family: MetricFamily
  private var groups: [(labels: String, lines: [String])] = []

  init(_ family: MetricFamily) { self.family = family }

  mutating func add(_ labels: [MetricLabel], _ value: Double) {
    let text = ExpositionBlock.text(labels)
    groups.append((text, ["\(family.name)\(text) \(ExpositionBlock.number(value))"]))
  }

  mutating func add(_ labels: [MetricLabel], _ histogram: Histogram.Snapshot) {
    var lines: [String] = []
    let bounds = histogram.bounds.map { ExpositionBlock.number($0) } + ["+Inf"]
    for (bound, count) in zip(bounds, histogram.cumulative) {
      let all = ExpositionBlock.text(labels + [MetricLabel("le", bound)])
      lines.append("\(family.name)_bucket\(all) \(count)")
    }
    let text = ExpositionBlock.text(labels)
    lines.append("\(family.name)_sum\(text) \(ExpositionBlock.number(histogram.sum))")
    lines.append("\(family.name)_count\(text) \(histogram.cumulative.last ?? 0)")
    groups.append((text, lines))
  }

  var text: String {
    let head = [
      "# HELP \(family.name) \(ExpositionBlock.escaped(family.help))",
      "# TYPE \(family.name) \(family.kind.rawValue)",
    ]
    let lines = groups.sorted { $0.labels < $1.labels }.flatMap(\.lines)
    return (head + lines).joined(separator: "\n") + "\n"
  }

  private static func text(_ labels: [MetricLabel]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
    return "{" + pairs.joined(separator: ",") + "}"
  }

  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    text.map { character in
      switch character {
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\"" where quotes: "\\\""
      default: String(character)
      }
    }.joined()
  }

  /// Whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    return String(value)
  }
}
