public import Vocabulary

/// A value of a result row as MariaDB's binary protocol gives it.
public enum Cell: Sendable {
  case null
  case signed(Int64)
  case unsigned(UInt64)
  case timestamp(Timestamp)
  case bytes([UInt8])
}

/// What a column can be read as.
public protocol ColumnDecodable {
  /// Nil when the cell is of another type, out of range or not valid.
  init?(cell: Cell)
}

extension Int64: ColumnDecodable {
  public init?(cell: Cell) {
    switch cell {
    case .signed(let value): self = value
    case .unsigned(let value): self.init(exactly: value)
    case .null, .timestamp, .bytes: return nil
    }
  }
}

extension UInt64: ColumnDecodable {
  public init?(cell: Cell) {
    switch cell {
    case .signed(let value): self.init(exactly: value)
    case .unsigned(let value): self = value
    case .null, .timestamp, .bytes: return nil
    }
  }
}

extension Bool: ColumnDecodable {
  public init?(cell: Cell) {
    guard let number = Int64(cell: cell), number == 0 || number == 1 else { return nil }
    self = number == 1
  }
}

extension String: ColumnDecodable {
  public init?(cell: Cell) {
    guard case .bytes(let bytes) = cell else { return nil }
    self.init(validating: bytes, as: UTF8.self)
  }
}

extension Array: ColumnDecodable where Element == UInt8 {
  public init?(cell: Cell) {
    guard case .bytes(let bytes) = cell else { return nil }
    self = bytes
  }
}

extension Timestamp: ColumnDecodable {
  public init?(cell: Cell) {
    guard case .timestamp(let timestamp) = cell else { return nil }
    self = timestamp
  }
}

extension Optional: ColumnDecodable where Wrapped: ColumnDecodable {
  public init?(cell: Cell) {
    if case .null = cell {
      self = .none
    } else if let value = Wrapped(cell: cell) {
      self = .some(value)
    } else {
      return nil
    }
  }
}

extension ColumnDecodable where Self: RawRepresentable, RawValue == String {
  public init?(cell: Cell) {
    guard let text = String(cell: cell) else { return nil }
    self.init(rawValue: text)
  }
}
