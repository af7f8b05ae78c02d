import CMariaDB

/// Reads the columns of one row from left to right.
@safe struct RowCursor {
  private let result: ResultBuffers
  private let handle: UnsafeMutablePointer<MYSQL_STMT>
  private let text: String
  private var index = 0

  init(result: ResultBuffers, handle: UnsafeMutablePointer<MYSQL_STMT>, text: String) {
    self.result = result
    unsafe self.handle = unsafe handle
    self.text = text
  }

  /// The next column.
  /// - Throws: an error that names the column when it cannot be read as `Column`.
  mutating func next<Column: ColumnDecodable>(_ type: Column.Type) throws(DatabaseError) -> Column {
    defer { index += 1 }
    guard let cell = unsafe result.cell(index, handle), let value = Column(cell: cell) else {
      throw DatabaseError(
        kind: .statement, code: 0,
        message: "column \(result.names[index]) cannot be read as \(type)", statement: text)
    }
    return value
  }
}
