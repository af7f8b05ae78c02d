import Crypto

/// The certificate that visitors are shown, so that a renewed one that nginx has not loaded counts as old.
enum SiteCertificate {
  /// Days before its end at which the duty fails.
  static let daysMin = 14
  private static let daySeconds: Int64 = 86_400
  private static let openssl = "/usr/bin/openssl"
  private static let secondsMax = 20
  private static let answerBytesMax = 1 << 20
  private static let portStandard = "443"

  /// - Returns: when it ends, in seconds since 1970; nil when none is shown.
  static func end(baseURL: String) -> Int64? { end(handshake: handshake(baseURL: baseURL)) }

  static func end(handshake text: String) -> Int64? {
    certificate(handshake: text)?.validUntilUnixSeconds
  }

  /// What openssl says of the site's TLS on this machine; empty when it cannot be asked.
  static func handshake(baseURL: String) -> String {
    guard let (host, port) = site(baseURL) else { return "" }
    var answer: [UInt8] = []
    _ = ChildProcess.run(
      [
        openssl, "s_client", "-connect", "127.0.0.1:\(port)", "-servername", host, "-CApath",
        "/etc/ssl/certs",
      ],
      timeout: .seconds(secondsMax), errors: .dropped
    ) { answer += $0.prefix(answerBytesMax - answer.count) }
    return String(decoding: answer, as: UTF8.self)
  }

  /// The site's own one, which stands first.
  static func certificate(handshake text: String) -> Certificate? {
    let lines = text.split(whereSeparator: \.isNewline)
    guard let begin = lines.firstIndex(of: "-----BEGIN CERTIFICATE-----"),
      let end = lines[begin...].firstIndex(of: "-----END CERTIFICATE-----")
    else { return nil }
    return try? Certificate.first(text: lines[begin...end].joined(separator: "\n"))
  }

  /// Where the site is, from its address.
  static func site(_ baseURL: String) -> (host: String, port: String)? {
    guard baseURL.hasPrefix("https://") else { return nil }
    let authority = baseURL.dropFirst(8).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let host = parts.first, !host.isEmpty, !host.hasPrefix("-") else { return nil }
    let port = parts.count > 1 ? String(parts[1]) : portStandard
    guard UInt16(port) != nil else { return nil }
    return (String(host), port)
  }

  /// What is wrong with it; nil when it lasts long enough.
  static func problem(
    end: Int64?, baseURL: String, days: Int, now: Int64
  ) -> String? {
    guard let end else { return "nginx shows visitors of \(baseURL) no certificate" }
    let (left, overflow) = end.subtractingReportingOverflow(now)
    guard overflow || left <= Int64(days) * daySeconds else { return nil }
    return "the certificate that visitors of \(baseURL) get ends within \(days) days"
  }
}
