import CMariaDB
import Vocabulary

/// Where a prepared statement's rows are fetched into.
@safe final class ResultBuffers {
  let columnCount: Int
  let binds: UnsafeMutablePointer<MYSQL_BIND>
  let names: [String]
  private let kinds: [Kind]
  private let lengths: UnsafeMutablePointer<UInt>
  private let nulls: UnsafeMutablePointer<my_bool>
  private let storage: UnsafeMutableRawPointer

  private enum Kind {
    case signed, unsigned, time, bytes
  }

  /// Bytes fetched with the row; longer values are fetched again at their length.
  static let inlineBytesMax = 512
  private static let cellAlignment = 16

  init(metadata: UnsafeMutablePointer<MYSQL_RES>) {
    let count = Int(unsafe mysql_num_fields(metadata))
    columnCount = count
    unsafe binds = .allocate(capacity: count)
    unsafe binds.initialize(repeating: MYSQL_BIND(), count: count)
    unsafe lengths = .allocate(capacity: count)
    unsafe lengths.initialize(repeating: 0, count: count)
    unsafe nulls = .allocate(capacity: count)
    unsafe nulls.initialize(repeating: 0, count: count)
    unsafe storage = .allocate(
      byteCount: max(1, count) * ResultBuffers.inlineBytesMax,
      alignment: ResultBuffers.cellAlignment)
    var names: [String] = []
    var kinds: [Kind] = []
    for index in 0..<count {
      guard let field = unsafe mysql_fetch_field_direct(metadata, UInt32(index)) else { continue }
      names.append(unsafe String(cString: field.pointee.name))
      kinds.append(unsafe ResultBuffers.kind(of: field.pointee))
    }
    self.names = names
    self.kinds = kinds
    for (index, kind) in kinds.enumerated() { bind(kind, at: index) }
  }

  deinit {
    unsafe binds.deallocate()
    unsafe lengths.deallocate()
    unsafe nulls.deallocate()
    unsafe storage.deallocate()
  }

  private static func kind(of field: MYSQL_FIELD) -> Kind {
    switch unsafe field.type {
    case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG,
      MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
      unsafe field.flags & UInt32(UNSIGNED_FLAG) == 0 ? .signed : .unsigned
    case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP, MYSQL_TYPE_DATE: .time
    default: .bytes
    }
  }

  private func bind(_ kind: Kind, at index: Int) {
    let cell = unsafe storage + index * ResultBuffers.inlineBytesMax
    unsafe binds[index].buffer = cell
    unsafe binds[index].buffer_length = UInt(ResultBuffers.inlineBytesMax)
    unsafe binds[index].length = lengths + index
    unsafe binds[index].is_null = nulls + index
    switch kind {
    case .signed: unsafe binds[index].buffer_type = MYSQL_TYPE_LONGLONG
    case .unsigned:
      unsafe binds[index].buffer_type = MYSQL_TYPE_LONGLONG
      unsafe binds[index].is_unsigned = 1
    case .time: unsafe binds[index].buffer_type = MYSQL_TYPE_DATETIME
    case .bytes: unsafe binds[index].buffer_type = MYSQL_TYPE_BLOB
    }
  }

  /// The cell of the row that was fetched last; nil when a long value could not be fetched.
  func cell(_ index: Int, _ handle: UnsafeMutablePointer<MYSQL_STMT>) -> Cell? {
    guard unsafe nulls[index] == 0 else { return .null }
    let pointer = unsafe storage + index * ResultBuffers.inlineBytesMax
    switch kinds[index] {
    case .signed: return .signed(unsafe pointer.load(as: Int64.self))
    case .unsigned: return .unsigned(unsafe pointer.load(as: UInt64.self))
    case .time:
      return unsafe ResultBuffers.timestamp(pointer.load(as: MYSQL_TIME.self))
        .map { .timestamp($0) }
    case .bytes:
      let length = Int(unsafe lengths[index])
      guard length > ResultBuffers.inlineBytesMax else {
        return unsafe .bytes(Array(unsafe UnsafeRawBufferPointer(start: pointer, count: length)))
      }
      return unsafe longValue(index, length, handle).map { .bytes($0) }
    }
  }

  private func longValue(
    _ index: Int, _ length: Int, _ handle: UnsafeMutablePointer<MYSQL_STMT>
  ) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: length)
    let status = unsafe bytes.withUnsafeMutableBytes { target in
      var bind = unsafe MYSQL_BIND()
      unsafe bind.buffer_type = MYSQL_TYPE_BLOB
      unsafe bind.buffer = target.baseAddress
      unsafe bind.buffer_length = UInt(length)
      return unsafe mysql_stmt_fetch_column(handle, &bind, UInt32(index), 0)
    }
    return status == 0 ? bytes : nil
  }

  /// Nil for MariaDB's zero date, which strict mode never stores.
  private static func timestamp(_ time: MYSQL_TIME) -> Timestamp? {
    guard time.year > 0, (1...12).contains(time.month), (1...31).contains(time.day) else {
      return nil
    }
    let days = CalendarTime.daysSinceEpoch(
      year: Int(time.year), month: Int(time.month), day: Int(time.day))
    let seconds =
      Int64(days) * 86_400 + Int64(time.hour) * 3_600 + Int64(time.minute) * 60
      + Int64(time.second)
    return Timestamp(microseconds: seconds * 1_000_000 + Int64(time.second_part))
  }
}
