import CoreMetrics
import Synchronization

/// Counts how many durations lasted at most so long.
final class Histogram: TimerHandler, Sendable {
  /// Upper bounds in seconds: from an answer of the database to the last of a provider's time-outs.
  static let requestBounds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  private struct State {
    /// One more than there are bounds: the last is for all that lasted longer.
    var counts: [Int]
    var sum = 0.0
  }

  struct Snapshot {
    let bounds: [Double]
    /// For each bound, how many lasted at most so long; the last is of all.
    let cumulative: [Int]
    let sum: Double
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) {
    let seconds = Double(duration) / 1_000_000_000
    let place = bounds.firstIndex { seconds <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += seconds
    }
  }

  var snapshot: Snapshot {
    let state = state.withLock { $0 }
    var total = 0
    let cumulative = state.counts.map { count in
      total += count
      return total
    }
    return Snapshot(bounds: bounds, cumulative: cumulative, sum: state.sum)
  }
}

/// A number that only grows.
final class GrowingCount: CounterHandler, Sendable {
  private let count = Atomic<Int64>(0)

  func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

  func reset() { count.store(0, ordering: .relaxed) }

  var value: Int64 { count.load(ordering: .relaxed) }
}
