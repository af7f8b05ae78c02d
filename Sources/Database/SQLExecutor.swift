/// What a statement that gives no rows did.
public struct ExecuteResult: Sendable {
  /// Rows that matched, whether or not their values changed.
  public let affectedRows: Int64
  /// The number that AUTO_INCREMENT gave to the inserted row.
  public let lastInsertID: Int64
}

/// Something that statements run on: a connection or an open transaction.
public protocol SQLExecutor: ~Copyable {
  /// The open session behind it.
  mutating func session() throws(DatabaseError) -> Session
  /// Notes that a statement failed, before the error is thrown on.
  mutating func statementFailed(_ error: DatabaseError)
  /// Whether a query that failed so may be asked again, on a new connection.
  mutating func mayAskAgain(after error: DatabaseError) -> Bool
}

/// What a statement for many rows has to have done.
public enum BulkExpectation: Sendable {
  /// Each row of values inserted, matched or deleted exactly one row.
  case oneForEach
  /// Rows of values may find nothing to do.
  case any
}

extension SQLExecutor where Self: ~Copyable {
  /// Runs a statement that gives no rows.
  public mutating func execute(_ sql: SQL) throws(DatabaseError) -> ExecuteResult {
    try run(sql.text, sql.values) { (statement) throws(DatabaseError) in
      try statement.execute(sql.values)
    }
  }

  /// Runs one statement for many rows of values in one round trip: INSERT, UPDATE or DELETE.
  ///
  /// - Parameters:
  ///   - text: a statement with one `?` for each value of a row.
  ///   - rows: not empty, all of the same length and the same types by column; nil is NULL.
  ///   - expectation: what it has to have done.
  /// - Throws: the error of any row; `inconsistent` when it did not do what was expected.
  public mutating func executeBulk(
    _ text: StaticString, rows: [[any Bindable]],
    expecting expectation: BulkExpectation = .oneForEach
  ) throws(DatabaseError) {
    guard let columns = BulkColumns(rows) else {
      throw DatabaseError.inconsistent("a bulk statement was given no rows or uneven rows")
    }
    let affected = try run(text.description, rows.joined().map(\.boundValue)) {
      (statement) throws(DatabaseError) in
      try statement.executeBulk(columns)
    }
    guard expectation == .any || affected == Int64(rows.count) else {
      throw DatabaseError(
        kind: .statement, code: 0, message: "\(affected) rows were affected, not \(rows.count)",
        statement: text.description)
    }
  }

  /// The first row, or nil.
  public mutating func first<each Column: ColumnDecodable>(
    _ sql: SQL, as columns: (repeat each Column).Type
  ) throws(DatabaseError) -> (repeat each Column)? {
    var row: (repeat each Column)?
    try query(sql, columns: count(repeat (each Column).self)) {
      (cursor) throws(DatabaseError) in
      row = (repeat try cursor.next((each Column).self))
      return false
    }
    return row
  }

  /// All rows. Only for results that are bounded.
  public mutating func all<each Column: ColumnDecodable>(
    _ sql: SQL, as columns: (repeat each Column).Type
  ) throws(DatabaseError) -> [(repeat each Column)] {
    var rows: [(repeat each Column)] = []
    try query(sql, columns: count(repeat (each Column).self)) {
      (cursor) throws(DatabaseError) in
      rows.append((repeat try cursor.next((each Column).self)))
      return true
    }
    return rows
  }

  private func count<each Column>(_ columns: repeat (each Column).Type) -> Int {
    var count = 0
    for _ in repeat each columns { count += 1 }
    return count
  }

  private mutating func query(
    _ sql: SQL, columns: Int,
    _ body: (inout RowCursor) throws(DatabaseError) -> Bool
  ) throws(DatabaseError) {
    do throws(DatabaseError) {
      try run(sql.text, sql.values) { (statement) throws(DatabaseError) in
        try statement.query(sql.values, columns: columns, body)
      }
    } catch {
      // The whole result is fetched before `body` sees a row.
      guard mayAskAgain(after: error) else { throw error }
      try run(sql.text, sql.values) { (statement) throws(DatabaseError) in
        try statement.query(sql.values, columns: columns, body)
      }
    }
  }

  private mutating func run<R>(
    _ text: String, _ values: @autoclosure () -> [BoundValue],
    _ body: (PreparedStatement) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R {
    do throws(DatabaseError) {
      let session = try session()
      if let observer = session.observer { observer.willRun(text, values(), on: session) }
      return try session.withStatement(text, body)
    } catch {
      statementFailed(error)
      throw error
    }
  }
}
