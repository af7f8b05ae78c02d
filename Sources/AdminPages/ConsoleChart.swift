import FoundationEssentials

/// Figures that a script draws. The same figures stand in a table beneath, for whoever sees no chart.
public struct ConsoleChart: Encodable, Sendable {
  public enum Kind: String, Encodable, Sendable {
    case line
    case bar
    /// Bars on top of each other.
    case stack
  }

  public struct Series: Encodable, Sendable {
    let name: String
    let values: [Double?]

    /// - Parameter values: one for each label; nil leaves a gap.
    public init(_ name: String, _ values: [Double?]) {
      self.name = name
      self.values = values
    }

    enum CodingKeys: String, CodingKey {
      case name, values
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(values, forKey: .values)
    }
  }

  /// What it shows, for screen readers too.
  let title: String
  let kind: Kind
  /// Written behind values, such as `%`.
  let unit: String
  let labels: [String]
  let series: [Series]

  public init(
    _ title: String, _ kind: Kind, unit: String = "", labels: [String], series: [Series]
  ) {
    self.title = title
    self.kind = kind
    self.unit = unit
    self.labels = labels
    self.series = series
  }

  /// For the script; the template escapes it like any text.
  var json: String {
    guard let data = try? JSONEncoder().encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
