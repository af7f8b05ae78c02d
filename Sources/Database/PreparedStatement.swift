import CMariaDB

/// A statement prepared at the server, with the buffers for its result.
@safe final class PreparedStatement {
  let text: String
  private let handle: UnsafeMutablePointer<MYSQL_STMT>
  private let parameterCount: Int
  private let result: ResultBuffers?

  init(takingOwnership handle: UnsafeMutablePointer<MYSQL_STMT>, text: String)
    throws(DatabaseError)
  {
    self.text = text
    unsafe self.handle = unsafe handle
    guard unsafe mysql_stmt_prepare(handle, text, UInt(text.utf8.count)) == 0 else {
      let error = unsafe PreparedStatement.error(of: handle, text)
      unsafe mysql_stmt_close(handle)
      throw error
    }
    parameterCount = Int(unsafe mysql_stmt_param_count(handle))
    if let metadata = unsafe mysql_stmt_result_metadata(handle) {
      result = unsafe ResultBuffers(metadata: metadata)
      unsafe mysql_free_result(metadata)
    } else {
      result = nil
    }
  }

  deinit { unsafe mysql_stmt_close(handle) }

  private static func error(
    of handle: UnsafeMutablePointer<MYSQL_STMT>, _ text: String
  ) -> DatabaseError {
    let message = unsafe String(cString: mysql_stmt_error(handle))
    return DatabaseError(
      code: unsafe mysql_stmt_errno(handle), message: message, statement: text)
  }

  private func currentError() -> DatabaseError {
    unsafe PreparedStatement.error(of: handle, text)
  }

  /// Runs the statement once and drops a result that nobody asked for.
  func execute(_ values: [BoundValue]) throws(DatabaseError) -> ExecuteResult {
    try bindAndExecute(values)
    unsafe mysql_stmt_free_result(handle)
    return ExecuteResult(
      affectedRows: Int64(truncatingIfNeeded: unsafe mysql_stmt_affected_rows(handle)),
      lastInsertID: Int64(truncatingIfNeeded: unsafe mysql_stmt_insert_id(handle)))
  }

  /// Runs the statement once for each row of values in one round trip.
  ///
  /// Source: mariadb.com/kb/en/bulk-insert-column-wise-binding.
  func executeBulk(_ columns: BulkColumns) throws(DatabaseError) -> Int64 {
    guard columns.columnCount == parameterCount else { throw wrongCount(columns.columnCount) }
    setArraySize(columns.rowCount)
    defer { setArraySize(0) }
    guard unsafe mysql_stmt_bind_param(handle, columns.binds) == 0,
      unsafe mysql_stmt_execute(handle) == 0
    else { throw currentError() }
    return Int64(truncatingIfNeeded: unsafe mysql_stmt_affected_rows(handle))
  }

  private func setArraySize(_ rows: Int) {
    var size = UInt32(rows)
    unsafe mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &size)
  }

  private func bindAndExecute(_ values: [BoundValue]) throws(DatabaseError) {
    guard values.count == parameterCount else { throw wrongCount(values.count) }
    let parameters = ParameterBuffers(values)
    if parameterCount > 0 {
      guard unsafe mysql_stmt_bind_param(handle, parameters.binds) == 0 else {
        throw currentError()
      }
    }
    // The buffers have to outlive the call that sends them.
    let status = withExtendedLifetime(parameters) { unsafe mysql_stmt_execute(handle) }
    guard status == 0 else { throw currentError() }
  }

  private func wrongCount(_ count: Int) -> DatabaseError {
    DatabaseError(
      kind: .statement, code: 0, message: "\(count) values for \(parameterCount) places",
      statement: text)
  }

  /// Runs the statement and hands each row to `body` until it returns false.
  func query(
    _ values: [BoundValue], columns: Int,
    _ body: (inout RowCursor) throws(DatabaseError) -> Bool
  ) throws(DatabaseError) {
    guard let result, result.columnCount == columns else {
      throw DatabaseError(
        kind: .statement, code: 0,
        message: "the statement gives \(result?.columnCount ?? 0) columns, not \(columns)",
        statement: text)
    }
    try bindAndExecute(values)
    defer { unsafe mysql_stmt_free_result(handle) }
    guard unsafe mysql_stmt_bind_result(handle, result.binds) == 0 else { throw currentError() }
    guard unsafe mysql_stmt_store_result(handle) == 0 else { throw currentError() }
    while true {
      switch unsafe mysql_stmt_fetch(handle) {
      case 0, Int32(MYSQL_DATA_TRUNCATED):
        var cursor = unsafe RowCursor(result: result, handle: handle, text: text)
        guard try body(&cursor) else { return }
      case Int32(MYSQL_NO_DATA): return
      default: throw currentError()
      }
    }
  }
}
