public import Vocabulary

/// A value on its way into a statement.
public enum BoundValue: Sendable {
  case null
  case signed(Int64)
  case unsigned(UInt64)
  case text(String)
  case bytes([UInt8])
}

/// What can stand for a `?` in a statement.
public protocol Bindable: Sendable {
  var boundValue: BoundValue { get }
}

extension Int64: Bindable { public var boundValue: BoundValue { .signed(self) } }
extension Int: Bindable { public var boundValue: BoundValue { .signed(Int64(self)) } }
extension UInt32: Bindable { public var boundValue: BoundValue { .unsigned(UInt64(self)) } }
extension UInt64: Bindable { public var boundValue: BoundValue { .unsigned(self) } }
extension Bool: Bindable { public var boundValue: BoundValue { .signed(self ? 1 : 0) } }
extension String: Bindable { public var boundValue: BoundValue { .text(self) } }
extension Array: Bindable where Element == UInt8 {
  public var boundValue: BoundValue { .bytes(self) }
}
extension Optional: Bindable where Wrapped: Bindable {
  public var boundValue: BoundValue { self?.boundValue ?? .null }
}

extension Timestamp: Bindable {
  /// `2026-01-02 03:04:05.000006` in UTC, which is every session's time zone.
  public var boundValue: BoundValue {
    let time = CalendarTime(self, offsetSeconds: 0)
    let year = String(time.year)
    let paddedYear = String(repeating: "0", count: max(0, 4 - year.count)) + year
    let fraction = String(microsecondOfSecond)
    let padding = String(repeating: "0", count: 6 - fraction.count)
    return .text(
      "\(paddedYear)\(time.date.dropFirst(year.count)) \(time.clock).\(padding)\(fraction)")
  }
}

extension Bindable where Self: RawRepresentable, RawValue == String {
  public var boundValue: BoundValue { .text(rawValue) }
}
