/// The primary key of a user.
public struct UserID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The primary key of a coin order.
public struct OrderID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The primary key of a refund.
public struct RefundID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The primary key of a payment.
public struct PaymentID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The primary key of an entry of the inbox (`payment_events`).
public struct EventID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The primary key of a coin package.
public struct PackageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let value: Int64
  public init(_ value: Int64) { self.value = value }
  public var description: String { String(value) }
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
