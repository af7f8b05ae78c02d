/// One metric with what is said about it to whoever reads it.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4, and "Metric and label naming".
public struct MetricFamily: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case counter
    case gauge
    case histogram
  }

  /// Ends in `_total` for counters and in the unit where there is one.
  public let name: String
  public let kind: Kind
  public let help: String

  public init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }
}

/// What a gauge stands at when somebody looks.
public struct MetricSample: Hashable, Sendable {
  public let family: MetricFamily
  /// In the order in which to show them.
  public let labels: [MetricLabel]
  public let value: Double

  public init(_ family: MetricFamily, _ labels: [MetricLabel], _ value: Double) {
    self.family = family
    self.labels = labels
    self.value = value
  }
}

public struct MetricLabel: Hashable, Sendable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
