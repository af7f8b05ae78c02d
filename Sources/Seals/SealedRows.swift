public import Database
public import Vocabulary

/// Rows whose codes prove what they say: read a page at a time, and computed here, since the server
/// has no key.
public struct SealedRows: Sendable {
  let table: SealedTable
  /// A row's place for people: `entry 17`.
  let name: SQL
  /// The row's number `id`, by which pages go on.
  let number: SQL
  let columns: [SQL]
  /// The code that is stored.
  let code: SQL
  /// Whether it has the form of what is older than seals.
  let isUnsealed: SQL
  /// The number that decides whether a row may be older than seals.
  let age: SQL
  /// Which table's numbers `age` gives.
  let ageTable: SealedTable
  let source: SQL

  static let pageRowsMax = 2_000

  /// - Parameters:
  ///   - source: what stands behind FROM.
  ///   - columns: in the order in which the writer hands them to `SealKey.code`.
  public init(
    _ table: SealedTable, name: SQL, number: SQL = "t.id", columns: [SQL], code: SQL,
    isUnsealed: SQL, age: SQL = "t.id", ageTable: SealedTable? = nil, from source: SQL
  ) {
    self.table = table
    self.name = name
    self.number = number
    self.columns = columns
    self.code = code
    self.isUnsealed = isUnsealed
    self.age = age
    self.ageTable = ageTable ?? table
    self.source = source
  }

  /// What `SealKey.text` makes of the columns.
  private var text: SQL {
    columns.reduce("\(table.rawValue)") { text, column in
      "\(text), COALESCE(CONCAT(CHAR_LENGTH(\(column)), ':', \(column)), '-')"
    }
  }

  /// Names of rows that do not hold.
  ///
  /// - Parameters:
  ///   - after: only rows behind this number.
  ///   - limit: names that are wanted.
  public func violations(
    by key: SealKey?, after first: Int64 = 0, limit: Int, at moment: Timestamp,
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [String] {
    var found: [String] = []
    var last = first
    let lastUnsealed = key.map { $0.lastUnsealed(ageTable, at: moment) } ?? .max
    while found.count < limit {
      let rows = try executor.all(
        """
        SELECT \(number), CAST(\(name) AS CHAR), CAST(CONCAT_WS('|', \(text)) AS CHAR), \(code),
          COALESCE(\(isUnsealed), FALSE), COALESCE(\(age), 0) <= \(lastUnsealed)
        FROM \(source) WHERE \(number) > \(last) ORDER BY \(number) LIMIT \(Self.pageRowsMax)
        """, as: (Int64, String, String, [UInt8]?, Bool, Bool).self)
      for row in rows where !holds(row.2, row.3, isUnsealed: row.4, mayBe: row.5, key) {
        found.append(row.1)
      }
      guard rows.count == Self.pageRowsMax, let end = rows.last else { break }
      last = end.0
    }
    return Array(found.prefix(limit))
  }

  private func holds(
    _ text: String, _ code: [UInt8]?, isUnsealed: Bool, mayBe: Bool, _ key: SealKey?
  ) -> Bool {
    if isUnsealed, mayBe { return true }
    guard let key, let code else { return false }
    return key.holds(code, for: text)
  }
}
