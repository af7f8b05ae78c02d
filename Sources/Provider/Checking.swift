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
