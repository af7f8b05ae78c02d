import CoreMetrics
import Prometheus
import Testing

@Suite struct MetricsRegistryTests {
  private static let requests = MetricFamily("shop_requests_total", .counter, "Requests.")
  private static let duration = MetricFamily("shop_request_seconds", .histogram, "How long.")
  private static let queue = MetricFamily("shop_queue", .gauge, "What waits: \\ and\nmore.")

  private let registry = MetricsRegistry([Self.requests, Self.duration])

  @Test func `counters of the same labels are one series`() {
    for status in ["200", "200", "404"] {
      registry.makeCounter(label: "shop_requests_total", dimensions: [("status", status)])
        .increment(by: 1)
    }
    #expect(
      registry.text(with: []) == """
        # HELP shop_requests_total Requests.
        # TYPE shop_requests_total counter
        shop_requests_total{status="200"} 2
        shop_requests_total{status="404"} 1

        """)
  }

  @Test func `a histogram counts each duration in every bucket that holds it`() {
    let registry = MetricsRegistry([Self.duration], bounds: ["shop_request_seconds": [0.1, 1]])
    let timer = registry.makeTimer(label: "shop_request_seconds", dimensions: [("route", "/")])
    for milliseconds in [100, 101, 1_000, 2_500] {
      timer.recordNanoseconds(Int64(milliseconds) * 1_000_000)
    }
    #expect(
      registry.text(with: []) == """
        # HELP shop_request_seconds How long.
        # TYPE shop_request_seconds histogram
        shop_request_seconds_bucket{route="/",le="0.1"} 1
        shop_request_seconds_bucket{route="/",le="1"} 3
        shop_request_seconds_bucket{route="/",le="+Inf"} 4
        shop_request_seconds_sum{route="/"} 3.701
        shop_request_seconds_count{route="/"} 4

        """)
  }

  @Test func `labels and help are escaped`() {
    let sample = MetricSample(Self.queue, [MetricLabel("name", "a\"b\\c\nd")], 1.5)
    #expect(
      registry.text(with: [sample]) == """
        # HELP shop_queue What waits: \\\\ and\\nmore.
        # TYPE shop_queue gauge
        shop_queue{name="a\\"b\\\\c\\nd"} 1.5

        """)
  }

  @Test func `what no family names is not kept`() {
    registry.makeCounter(label: "library_total", dimensions: []).increment(by: 1)
    registry.makeTimer(label: "shop_requests_total", dimensions: []).recordNanoseconds(1)
    #expect(registry.text(with: []) == "")
  }

  @Test func `nobody can fill the memory with labels`() {
    for number in 0..<5_000 {
      registry.makeCounter(label: "shop_requests_total", dimensions: [("path", "\(number)")])
        .increment(by: 1)
    }
    #expect(registry.text(with: []).split(separator: "\n").count == 2 + 4_096)
  }

  @Test func `threads count together`() async {
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1_000 {
            registry.makeCounter(label: "shop_requests_total", dimensions: []).increment(by: 1)
          }
        }
      }
    }
    #expect(registry.text(with: []).contains("shop_requests_total 8000"))
  }
}
