/// Where the present moment comes from. Passed as an argument so that tests move it by hand.
public struct WallClock: Sendable {
  private let read: @Sendable () -> Timestamp

  public init(_ read: @escaping @Sendable () -> Timestamp) { self.read = read }

  public func now() -> Timestamp { read() }
}

/// A time zone as a function from a moment to its offset, so that rules of summer time hold. Its days are
/// `LocalDay`s.
public struct TimeZoneOffset: Sendable {
  private let offset: @Sendable (Timestamp) -> Int

  /// - Parameter offset: seconds east of UTC that apply at the given moment.
  public init(_ offset: @escaping @Sendable (Timestamp) -> Int) { self.offset = offset }

  public static func fixed(seconds: Int) -> TimeZoneOffset { TimeZoneOffset { _ in seconds } }

  public static let utc = TimeZoneOffset.fixed(seconds: 0)

  /// China Standard Time, which Alipay and WeChat Pay use whatever the server's zone.
  public static let beijing = TimeZoneOffset.fixed(seconds: 8 * 3_600)

  public func seconds(at moment: Timestamp) -> Int { offset(moment) }

  public func rfc3339(_ moment: Timestamp) -> String {
    moment.rfc3339(offsetSeconds: offset(moment))
  }

  public func calendar(_ moment: Timestamp) -> CalendarTime {
    CalendarTime(moment, offsetSeconds: offset(moment))
  }
}
