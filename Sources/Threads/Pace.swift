import Glibc

/// Lets work in the background rest as long as it worked, so that requests never wait for long.
public struct Pace {
  private var began = ContinuousClock.now

  /// Rests after a batch, in milliseconds.
  private static let restMilliseconds: ClosedRange<Int64> = 2...500

  public init() {}

  /// Rests for as long as it took since the last rest ended.
  public mutating func rest() {
    let (seconds, attoseconds) = (ContinuousClock.now - began).components
    let worked = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    let bounds = Pace.restMilliseconds
    usleep(UInt32(min(max(worked, bounds.lowerBound), bounds.upperBound)) * 1_000)
    began = .now
  }
}
