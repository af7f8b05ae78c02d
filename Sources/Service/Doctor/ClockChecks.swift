import Provider

/// Whether this machine's clock is kept right. How far it is off shows against the database and the
/// providers.
enum ClockChecks {
  /// Difference that is still harmless, in seconds; as for the providers.
  static let differenceSecondsMax = ClockCheck.differenceSecondsMax

  static func findings(_ facts: MachineFacts?) -> [Finding] {
    switch facts?["clock_synchronized"] {
    case nil, "unknown"?:
      return [.skipped(.clock, "synchronized", MachineFacts.absence)]
    case "yes"?: return [.ok(.clock, "synchronized", "follows a time server")]
    case .some:
      return [
        .warning(
          .clock, "synchronized", "follows no time server",
          do: "apt install systemd-timesyncd (or chrony); timedatectl set-ntp true")
      ]
    }
  }
}
