/// Durations that are counted together: sixteen classes for each doubling, so that a class is at most
/// a sixteenth wide. Below 32 ms each millisecond is a class of its own.
public struct DurationClass: Hashable, Comparable, Sendable {
  public let number: Int64

  public init(_ number: Int64) { self.number = number }

  /// The least duration of the class, in milliseconds.
  public var leastMilliseconds: Int64 {
    guard number >= 32 else { return number }
    return (16 + number % 16) << (number / 16 - 1)
  }

  /// The greatest duration of the class, in milliseconds.
  public var greatestMilliseconds: Int64 { DurationClass(number + 1).leastMilliseconds - 1 }

  public static func < (left: DurationClass, right: DurationClass) -> Bool {
    left.number < right.number
  }
}

/// How many durations are of which class.
public struct DurationCounts: Hashable, Sendable {
  public private(set) var counts: [DurationClass: Int64] = [:]

  public init() {}

  public mutating func add(_ count: Int64, to durationClass: DurationClass) {
    counts[durationClass, default: 0] += count
  }

  public var total: Int64 { counts.values.reduce(0, +) }

  /// The duration that `percent` of 100 do not exceed, in milliseconds: exact, or too great by at most
  /// a sixteenth. Nil when there are none.
  public func milliseconds(percent: Int64) -> Int64? {
    let rank = (total * percent + 99) / 100
    var seen: Int64 = 0
    for (durationClass, count) in counts.sorted(by: { $0.key < $1.key }) {
      seen += count
      if seen >= max(rank, 1) { return durationClass.greatestMilliseconds }
    }
    return nil
  }
}
