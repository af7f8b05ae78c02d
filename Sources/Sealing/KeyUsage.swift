public import Database

/// How many stored values each key still holds.
public struct KeyUsage: Sendable {
  /// By id of the key, then by name of the column; only what is more than nothing.
  public private(set) var counts: [String: [String: Int]] = [:]

  /// Rows that one query looks at, so that no query runs into a time-out however large the table.
  static let pageRowsMax = 5_000

  /// Values that a key holds in all.
  public func values(of id: String) -> Int { (counts[id] ?? [:]).values.reduce(0, +) }

  /// Looks at every encrypted value. Other connections may write meanwhile.
  public static func count(
    on connection: inout Connection
  ) throws(DatabaseError) -> KeyUsage {
    var usage = KeyUsage()
    for column in SealedColumn.all {
      var last: Int64? = 0
      while let number = last {
        let page = try column.keyIDs(after: number, rows: pageRowsMax, in: &connection)
        for id in page.items { usage.counts[id, default: [:]][column.name, default: 0] += 1 }
        last = page.last
      }
    }
    return usage
  }
}
