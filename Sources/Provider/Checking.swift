public import Vocabulary

/// One result of `coinpay provider check`.
public struct CheckFinding: Hashable, Sendable {
  public enum Level: String, Sendable {
    case ok
    /// It works, but not as it should, or not for long.
    case warning
    case failure
  }

  public let level: Level
  /// What was looked at: `signature`, `clock`, `notify URL`.
  public let subject: String
  /// What was found and, unless all is well, what to do.
  public let text: String

  public init(_ level: Level, _ subject: String, _ text: String) {
    self.level = level
    self.subject = subject
    self.text = text
  }
}

/// A question about a payment that cannot exist: the answer shows whether a provider accepts our
/// signature and whether we accept the provider's.
public enum GatewayProbe {
  public static func payment(now: Timestamp) -> PaymentReference {
    PaymentReference(
      outTradeNo: "COINPAY_CHECK_\(now.unixSeconds)", providerTransactionID: nil)
  }

  /// - Parameter hint: what the usual causes mean.
  public static func finding(
    _ outcome: QueryOutcome, url: String, hint: String
  ) -> CheckFinding {
    switch outcome {
    case .notFound, .event:
      CheckFinding(.ok, "gateway", "accepts our signature, and its own is genuine")
    case .unknown(let cause): CheckFinding(.failure, "gateway", "\(url): \(cause). \(hint)")
    }
  }
}

/// What every provider's notify address has to be.
public enum NotifyAddress {
  /// Longest address that providers take, in characters.
  public static let charactersMax = 255

  public static func finding(_ url: String) -> CheckFinding {
    if let problem = problem(url) {
      return CheckFinding(.failure, "notify URL", "\(url) \(problem)")
    }
    return CheckFinding(.ok, "notify URL", "\(url) is public https without a query")
  }

  /// Nil when providers can call it.
  public static func problem(_ url: String) -> String? {
    guard url.utf8.count <= charactersMax else {
      return "is longer than \(charactersMax) characters"
    }
    guard url.hasPrefix("https://") else { return "must begin with https://" }
    guard !url.contains("?"), !url.contains("#") else { return "must not have a query" }
    let host = url.dropFirst(8).prefix { $0 != "/" && $0 != ":" }.lowercased()
    guard !host.isEmpty, !host.hasPrefix("[") else { return "must name a public host" }
    return isPrivate(host) ? "must name a public host, not one of an inner network" : nil
  }

  private static func isPrivate(_ host: String) -> Bool {
    if host == "localhost" || !host.contains(".") { return true }
    if [".local", ".internal", ".lan", ".test", ".invalid"].contains(where: host.hasSuffix) {
      return true
    }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard octets.count == 4, let first = octets[0], let second = octets[1] else { return false }
    switch (first, second) {
    case (10, _), (127, _), (0, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127):
      return true
    default: return false
    }
  }
}

/// How long a certificate is still good.
public enum CertificateExpiry {
  /// Days before the end at which to warn.
  public static let warningDays: Int64 = 30

  public static func finding(
    _ subject: String, validUntilUnixSeconds end: Int64, now: Timestamp
  ) -> CheckFinding {
    let days = (end - now.unixSeconds) / 86_400
    let date = CalendarTime(Timestamp(unixSeconds: end), offsetSeconds: 0).date
    if end <= now.unixSeconds {
      return CheckFinding(.failure, subject, "expired on \(date); get a new one in the console")
    }
    let text = "valid until \(date), \(days) days"
    return CheckFinding(days < warningDays ? .warning : .ok, subject, text)
  }
}

/// How far our clock is from a provider's: signatures carry times.
public enum ClockCheck {
  /// Difference that is still harmless, in seconds.
  public static let differenceSecondsMax: Int64 = 60

  /// - Parameter header: the provider's `Date`.
  public static func finding(dateHeader header: String?, now: Timestamp) -> CheckFinding {
    guard let theirs = header.flatMap({ Timestamp(httpDate: $0) }) else {
      return CheckFinding(.warning, "clock", "the provider named no time to compare ours with")
    }
    let difference = now.unixSeconds - theirs.unixSeconds
    if abs(difference) <= differenceSecondsMax {
      return CheckFinding(.ok, "clock", "\(difference) s from the provider's")
    }
    return CheckFinding(
      .failure, "clock", "\(difference) s from the provider's; set it, for example by timedatectl")
  }
}
