import CMariaDB

/// The `MYSQL_BIND`s of one execution and the memory that they point to.
@safe final class ParameterBuffers {
  let binds: UnsafeMutablePointer<MYSQL_BIND>
  private let count: Int
  /// Numbers, one slot each; pointers into it stay valid because it is never resized.
  private let numbers: UnsafeMutablePointer<UInt64>
  private let bytes: UnsafeMutablePointer<UInt8>

  init(_ values: [BoundValue]) {
    count = values.count
    unsafe binds = .allocate(capacity: max(1, values.count))
    unsafe numbers = .allocate(capacity: max(1, values.count))
    let total = values.reduce(0) { $0 + $1.byteCount }
    unsafe bytes = .allocate(capacity: max(1, total))
    unsafe binds.initialize(repeating: MYSQL_BIND(), count: max(1, values.count))
    var offset = 0
    for (index, value) in values.enumerated() {
      unsafe bind(value, at: index, to: bytes + offset)
      offset += value.byteCount
    }
  }

  deinit {
    unsafe binds.deallocate()
    unsafe numbers.deallocate()
    unsafe bytes.deallocate()
  }

  private func bind(_ value: BoundValue, at index: Int, to target: UnsafeMutablePointer<UInt8>) {
    switch value {
    case .null: unsafe binds[index].buffer_type = MYSQL_TYPE_NULL
    case .signed(let number):
      bindNumber(UInt64(bitPattern: number), at: index, isUnsigned: false)
    case .unsigned(let number): bindNumber(number, at: index, isUnsigned: true)
    case .text, .bytes:
      let length = unsafe value.copyBytes(to: target)
      unsafe binds[index].buffer_type = value.bindType
      unsafe binds[index].buffer = UnsafeMutableRawPointer(target)
      unsafe binds[index].buffer_length = UInt(length)
      unsafe binds[index].length_value = UInt(length)
    }
  }

  private func bindNumber(_ number: UInt64, at index: Int, isUnsigned: Bool) {
    unsafe (numbers + index).initialize(to: number)
    unsafe binds[index].buffer_type = MYSQL_TYPE_LONGLONG
    unsafe binds[index].is_unsigned = isUnsigned ? 1 : 0
    unsafe binds[index].buffer = UnsafeMutableRawPointer(numbers + index)
  }
}

extension BoundValue {
  /// Bytes that a text or blob takes; 0 for anything else.
  var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .null, .signed, .unsigned: 0
    }
  }

  var bindType: enum_field_types {
    switch self {
    case .null: MYSQL_TYPE_NULL
    case .signed, .unsigned: MYSQL_TYPE_LONGLONG
    case .text: MYSQL_TYPE_STRING
    case .bytes: MYSQL_TYPE_BLOB
    }
  }

  /// Copies a text or blob; the target has room for `byteCount`.
  func copyBytes(to target: UnsafeMutablePointer<UInt8>) -> Int {
    switch self {
    case .text(var text):
      text.withUTF8 { source in
        if let base = source.baseAddress { unsafe target.update(from: base, count: source.count) }
      }
    case .bytes(let bytes):
      unsafe bytes.withUnsafeBufferPointer { source in
        if let base = source.baseAddress {
          unsafe target.update(from: base, count: source.count)
        }
      }
    case .null, .signed, .unsigned: break
    }
    return byteCount
  }
}
