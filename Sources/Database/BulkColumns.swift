import CMariaDB

/// The values of many rows, laid out column by column as MariaDB's bulk execution reads them.
///
/// Numbers are an array of 8-byte values; texts an array of pointers with an array of lengths; an
/// indicator for each value tells NULL.
@safe final class BulkColumns {
  let rowCount: Int
  let columnCount: Int
  let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let slots: UnsafeMutablePointer<UInt64>
  private let lengths: UnsafeMutablePointer<UInt>
  private let indicators: UnsafeMutablePointer<CChar>
  private let bytes: UnsafeMutablePointer<UInt8>

  /// Nil unless there are rows and all have the same number of values.
  init?(_ rows: [[any Bindable]]) {
    guard let width = rows.first?.count, width > 0, rows.allSatisfy({ $0.count == width }) else {
      return nil
    }
    let values = rows.map { row in row.map(\.boundValue) }
    let cells = rows.count * width
    rowCount = rows.count
    columnCount = width
    let total = values.reduce(0) { sum, row in row.reduce(sum) { $0 + $1.byteCount } }
    unsafe binds = .allocate(capacity: width)
    unsafe binds.initialize(repeating: MYSQL_BIND(), count: width)
    unsafe slots = .allocate(capacity: cells)
    unsafe slots.initialize(repeating: 0, count: cells)
    unsafe lengths = .allocate(capacity: cells)
    unsafe lengths.initialize(repeating: 0, count: cells)
    unsafe indicators = .allocate(capacity: cells)
    unsafe indicators.initialize(repeating: 0, count: cells)
    unsafe bytes = .allocate(capacity: max(1, total))
    var offset = 0
    for column in 0..<width {
      bindColumn(column, values: values, &offset)
    }
  }

  deinit {
    unsafe binds.deallocate()
    unsafe slots.deallocate()
    unsafe lengths.deallocate()
    unsafe indicators.deallocate()
    unsafe bytes.deallocate()
  }

  private func bindColumn(_ column: Int, values: [[BoundValue]], _ offset: inout Int) {
    let first = column * rowCount
    var type = MYSQL_TYPE_STRING
    var isUnsigned = false
    for (row, rowValues) in values.enumerated() {
      let cell = first + row
      let value = rowValues[column]
      switch value {
      case .null: unsafe indicators[cell] = CChar(STMT_INDICATOR_NULL.rawValue)
      case .signed(let number):
        unsafe slots[cell] = UInt64(bitPattern: number)
        type = value.bindType
      case .unsigned(let number):
        unsafe slots[cell] = number
        type = value.bindType
        isUnsigned = true
      case .text, .bytes:
        let target = unsafe bytes + offset
        let length = unsafe value.copyBytes(to: target)
        unsafe slots[cell] = UInt64(UInt(bitPattern: target))
        unsafe lengths[cell] = UInt(length)
        offset += length
        type = value.bindType
      }
    }
    unsafe binds[column].buffer_type = type
    unsafe binds[column].is_unsigned = isUnsigned ? 1 : 0
    unsafe binds[column].buffer = UnsafeMutableRawPointer(slots + first)
    unsafe binds[column].length = lengths + first
    unsafe binds[column].u.indicator = indicators + first
  }
}
