public import Vocabulary

/// Whole days of a time zone, from the first to the last, both included.
public struct StatisticsPeriod: Hashable, Sendable {
  /// How finely a period is divided.
  public enum Slot: String, CaseIterable, Sendable {
    case hour
    case day

    var seconds: Int64 { self == .hour ? 3_600 : 86_400 }
  }

  public let first: CalendarDate
  public let last: CalendarDate
  public let slot: Slot
  let quarters: Range<Quarter>

  /// Longest period, in days: a leap year.
  public static let daysMax = 366
  /// Longest period that is divided into hours, in days.
  public static let hourlyDaysMax = 31
  /// Longest period that is divided into hours unless another division is asked for, in days.
  static let hourlyDaysStandard = 3

  /// Nil unless the days are in order and not too many.
  /// - Parameter slot: nil for what suits the length.
  public init?(
    first: CalendarDate, last: CalendarDate, slot: Slot? = nil, zone: TimeZoneOffset
  ) {
    let days = last.daysSinceEpoch - first.daysSinceEpoch + 1
    guard (1...StatisticsPeriod.daysMax).contains(days) else { return nil }
    if slot == .hour, days > StatisticsPeriod.hourlyDaysMax { return nil }
    self.first = first
    self.last = last
    self.slot = slot ?? (days <= StatisticsPeriod.hourlyDaysStandard ? .hour : .day)
    quarters = Quarter(zone.day(first).start)..<Quarter(zone.day(last).end)
  }

  /// Quarters in which a zone keeps one offset, with it, in seconds east of UTC.
  typealias Piece = (quarters: Range<Quarter>, offsetSeconds: Int)

  /// The parts of the period in which the zone keeps one offset, in the order of time.
  func pieces(_ zone: TimeZoneOffset) -> [Piece] {
    var pieces: [Piece] = []
    var start = quarters.lowerBound
    var quarter = start
    var offset = zone.seconds(at: start.start)
    while quarter < quarters.upperBound {
      // Where the offset is the same at both ends of a day it does not change in between.
      let next = min(quarter.adding(Quarter.perDay), quarters.upperBound)
      if zone.seconds(at: next.start) == offset {
        quarter = next
        continue
      }
      while quarter < next, zone.seconds(at: quarter.start) == offset {
        quarter = quarter.adding(1)
      }
      pieces.append((start..<quarter, offset))
      start = quarter
      offset = zone.seconds(at: quarter.start)
    }
    if start < quarters.upperBound { pieces.append((start..<quarters.upperBound, offset)) }
    return pieces
  }

  /// A slot for programs: the date of a day, `2026-01-02T03:00:00+08:00` for an hour. Of an hour that clocks pass
  /// twice it is the beginning of the first pass.
  func text(_ slotNumber: Int64, _ pieces: [Piece]) -> String {
    let local = slotNumber * slot.seconds
    let piece = pieces.first { piece in
      local < piece.quarters.upperBound.start.unixSeconds + Int64(piece.offsetSeconds)
    }
    guard slot == .hour, let offset = piece?.offsetSeconds else { return label(slotNumber) }
    return Timestamp(unixSeconds: local - Int64(offset)).rfc3339(offsetSeconds: offset)
  }

  /// A slot's first moment on the local clock for people: `2026-01-02` or `2026-01-02 03:00`.
  func label(_ slotNumber: Int64) -> String {
    let time = CalendarTime(Timestamp(unixSeconds: slotNumber * slot.seconds), offsetSeconds: 0)
    return slot == .day ? time.date : "\(time.date) \(time.clock.prefix(5))"
  }
}
