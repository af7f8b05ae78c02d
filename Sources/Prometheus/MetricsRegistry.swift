public import CoreMetrics
import Synchronization

/// Keeps what the process counts, and writes it down for Prometheus.
///
/// It takes counters and timers of the families that it was made with; everything else that is measured is
/// left out, so that no library's labels can fill the memory.
public final class MetricsRegistry: MetricsFactory {
  private struct Series: Hashable {
    let name: String
    let labels: [MetricLabel]
  }

  private struct State {
    var counts: [Series: GrowingCount] = [:]
    var histograms: [Series: Histogram] = [:]
  }

  /// Different label values of all families together. Routes, providers and outcomes are far fewer.
  static let seriesMax = 4_096

  private let families: [String: MetricFamily]
  private let bounds: [String: [Double]]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - families: what may be counted and timed.
  ///   - bounds: the upper bounds of histograms by name, in seconds; `Histogram.requestBounds` for others.
  public init(_ families: [MetricFamily], bounds: [String: [Double]] = [:]) {
    self.families = Dictionary(families.map { ($0.name, $0) }) { first, _ in first }
    self.bounds = bounds
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    guard families[label]?.kind == .counter else { return NOOPMetricsHandler.instance }
    let series = Series(name: label, labels: dimensions.map { MetricLabel($0.0, $0.1) })
    return state.withLock { state -> (any CounterHandler) in
      if let known = state.counts[series] { return known }
      guard state.counts.count < Self.seriesMax else { return NOOPMetricsHandler.instance }
      let count = GrowingCount()
      state.counts[series] = count
      return count
    }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    guard families[label]?.kind == .histogram else { return NOOPMetricsHandler.instance }
    let series = Series(name: label, labels: dimensions.map { MetricLabel($0.0, $0.1) })
    return state.withLock { state -> (any TimerHandler) in
      if let known = state.histograms[series] { return known }
      guard state.histograms.count < Self.seriesMax else { return NOOPMetricsHandler.instance }
      let histogram = Histogram(bounds: bounds[label] ?? Histogram.requestBounds)
      state.histograms[series] = histogram
      return histogram
    }
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler { NOOPMetricsHandler.instance }

  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}

  /// Everything counted so far, and the gauges that the caller has looked up, as one text.
  public func text(with gauges: [MetricSample]) -> String {
    let (counts, histograms) = state.withLock { ($0.counts, $0.histograms) }
    var blocks: [String: ExpositionBlock] = [:]
    for (series, count) in counts {
      guard let family = families[series.name] else { continue }
      blocks[family.name, default: ExpositionBlock(family)]
        .add(series.labels, Double(count.value))
    }
    for (series, histogram) in histograms {
      guard let family = families[series.name] else { continue }
      blocks[family.name, default: ExpositionBlock(family)]
        .add(series.labels, histogram.snapshot)
    }
    for sample in gauges {
      blocks[sample.family.name, default: ExpositionBlock(sample.family)]
        .add(sample.labels, sample.value)
    }
    return blocks.sorted { $0.key < $1.key }.map(\.value.text).joined()
  }
}
