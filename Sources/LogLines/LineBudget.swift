/// Which of many lines of one kind may be written. Strangers can cause as many as they like: in a window of time the
/// log takes a bounded number, and the next line says how many were left out.
public struct LineBudget: Sendable {
  /// Lines in one window; more are only counted.
  public static let linesPerWindowMax = 60
  public static let windowSeconds: Int64 = 60

  public struct Line: Equatable, Sendable {
    /// Since the process began.
    public let total: Int
    /// Those before this one that have no line.
    public let unlogged: Int

    public init(total: Int, unlogged: Int) {
      self.total = total
      self.unlogged = unlogged
    }
  }

  private static let windowMicroseconds = windowSeconds * 1_000_000

  private var total = 0
  private var unlogged = 0
  private var windowStart: Int64?
  private var linesInWindow = 0

  public init() {}

  /// Counts one thing that happened.
  ///
  /// - Parameter microseconds: when, by any clock; one that was set back begins a new window.
  /// - Returns: what to log, or nil when there were too many lines of late.
  public mutating func count(atMicroseconds microseconds: Int64) -> Line? {
    total += 1
    if isOver(at: microseconds) {
      windowStart = microseconds
      linesInWindow = 0
    }
    guard linesInWindow < LineBudget.linesPerWindowMax else {
      unlogged += 1
      return nil
    }
    linesInWindow += 1
    defer { unlogged = 0 }
    return Line(total: total, unlogged: unlogged)
  }

  private func isOver(at microseconds: Int64) -> Bool {
    guard let windowStart else { return true }
    let (age, overflow) = microseconds.subtractingReportingOverflow(windowStart)
    return overflow || age < 0 || age >= LineBudget.windowMicroseconds
  }
}
