import Glibc
import Vocabulary

/// The machine's clock and its time zones.
enum SystemTime {
  static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  static let clock = WallClock { now() }

  private static let zoneFolder = "/usr/share/zoneinfo/"

  /// The zone of an IANA name for the whole process; nil when the system does not know the name.
  ///
  /// Source: tzset(3), localtime_r(3).
  static func zone(_ name: String) -> TimeZoneOffset? {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x2B, 0x2D, 0x2F, 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    }
    guard isPlain, !name.isEmpty, !name.contains(".."), unsafe access(zoneFolder + name, R_OK) == 0
    else {
      return nil
    }
    unsafe setenv("TZ", name, 1)
    tzset()
    return TimeZoneOffset { moment in
      var seconds = time_t(moment.unixSeconds)
      var local = unsafe tm()
      unsafe localtime_r(&seconds, &local)
      return Int(unsafe local.tm_gmtoff)
    }
  }
}
