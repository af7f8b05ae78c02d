/// The forms in which providers write a moment.
extension Timestamp {
  /// `2026-01-02 03:04:05` in Beijing, as Alipay writes it.
  public init?(beijing text: some StringProtocol) {
    self.init(text, pattern: "dddd-dd-dd dd:dd:dd", offsetSeconds: Timestamp.beijingSeconds)
  }

  /// `20260102030405` in Beijing, as WeChat Pay v2 writes it.
  public init?(compactBeijing text: some StringProtocol) {
    self.init(text, pattern: "dddddddddddddd", offsetSeconds: Timestamp.beijingSeconds)
  }

  /// RFC 3339 with whole seconds: `2026-01-02T03:04:05+08:00` or `…Z`.
  public init?(rfc3339 text: some StringProtocol) {
    let text = String(text)
    if text.hasSuffix("Z") {
      self.init(text.dropLast(), pattern: "dddd-dd-ddTdd:dd:dd", offsetSeconds: 0)
      return
    }
    let zone = Array(text.utf8.suffix(6))
    guard zone.count == 6, zone[0] == 0x2B || zone[0] == 0x2D, zone[3] == 0x3A,
      let hours = Int(String(decoding: zone[1...2], as: UTF8.self)),
      let minutes = Int(String(decoding: zone[4...5], as: UTF8.self)), hours < 24, minutes < 60
    else { return nil }
    let seconds = (hours * 60 + minutes) * 60
    self.init(
      text.dropLast(6), pattern: "dddd-dd-ddTdd:dd:dd",
      offsetSeconds: zone[0] == 0x2D ? -seconds : seconds)
  }

  /// The header `Date` (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
  public init?(httpDate text: some StringProtocol) {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT",
      let month = Timestamp.monthNames.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1
    let date = "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1]) \(parts[4])"
    self.init(date, pattern: "dddd-dd-dd dd:dd:dd", offsetSeconds: 0)
  }

  /// `2026-01-02 03:04:05` in Beijing.
  public var beijing: String {
    let time = TimeZoneOffset.beijing.calendar(self)
    return "\(time.date) \(time.clock)"
  }

  /// `20260102030405` in Beijing.
  public var compactBeijing: String { beijing.filter(\.isNumber) }

  /// - Parameter pattern: `d` stands for a digit, everything else for itself; the digits are year,
  ///   month, day, hour, minute and second.
  private init?(_ text: some StringProtocol, pattern: String, offsetSeconds: Int) {
    let bytes = Array(text.utf8)
    guard bytes.count == pattern.utf8.count else { return nil }
    var digits: [Int] = []
    for (byte, expected) in zip(bytes, pattern.utf8) {
      if expected == UInt8(ascii: "d") {
        guard (0x30...0x39).contains(byte) else { return nil }
        digits.append(Int(byte) - 0x30)
      } else if byte != expected {
        return nil
      }
    }
    let year = digits[0] * 1_000 + digits[1] * 100 + digits[2] * 10 + digits[3]
    let rest = stride(from: 4, to: 14, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
    guard year >= 1970, (1...12).contains(rest[0]), (1...31).contains(rest[1]), rest[2] < 24,
      rest[3] < 60, rest[4] <= 60
    else { return nil }
    let days = CalendarTime.daysSinceEpoch(year: year, month: rest[0], day: rest[1])
    let seconds = days * 86_400 + rest[2] * 3_600 + rest[3] * 60 + rest[4] - offsetSeconds
    self.init(unixSeconds: Int64(seconds))
  }

  private static let beijingSeconds = 8 * 3_600
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
