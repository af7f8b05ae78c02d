public import Database
public import Vocabulary

/// A quarter hour of UTC, counted from 1970. Whole quarters make up the hours and days of every time
/// zone in use: offsets are multiples of 15 minutes.
public struct Quarter: Hashable, Comparable, Sendable, Bindable, ColumnDecodable {
  public let number: Int64

  public static let seconds: Int64 = 900
  static let perDay: Int64 = 96

  public init(_ number: Int64) { self.number = number }

  /// The quarter that a moment lies in.
  public init(_ moment: Timestamp) {
    let seconds = moment.unixSeconds
    number =
      (seconds - (seconds % Quarter.seconds + Quarter.seconds) % Quarter.seconds)
      / Quarter.seconds
  }

  public init?(cell: Cell) {
    guard let number = Int64(cell: cell) else { return nil }
    self.number = number
  }

  public var boundValue: BoundValue { .signed(number) }
  public var start: Timestamp { Timestamp(unixSeconds: number * Quarter.seconds) }

  /// The first quarter of its day of UTC.
  var dayStart: Quarter {
    Quarter(number - (number % Quarter.perDay + Quarter.perDay) % Quarter.perDay)
  }

  func adding(_ count: Int64) -> Quarter { Quarter(number + count) }

  public static func < (left: Quarter, right: Quarter) -> Bool { left.number < right.number }
}
