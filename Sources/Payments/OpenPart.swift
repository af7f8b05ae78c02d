/// A part of what waits, oldest first.
public struct OpenPart<Row: Sendable>: Sendable {
  public let rows: [Row]
  /// How many more wait after these.
  public let more: Int64
  /// The number of the last of these, after which the next part begins; nil when nothing follows.
  public let next: Int64?

  /// - Parameter open: how many wait, these included.
  init(_ rows: [Row], last: Int64?, open: Int64) {
    self.rows = rows
    more = max(0, open - Int64(rows.count))
    next = more > 0 ? last : nil
  }
}
