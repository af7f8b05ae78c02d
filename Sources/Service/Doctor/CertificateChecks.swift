import Vocabulary

/// The certificate that visitors and providers are shown.
enum CertificateChecks {
  /// Days before its end by which it should have been renewed, and by which it must be.
  private static let warningDays: Int64 = 21
  private static let failureDays: Int64 = 7
  private static let daySeconds: Int64 = 86_400

  static func findings(_ facts: MachineFacts?, now: Timestamp) -> [Finding] {
    guard let facts, facts["colour"] != nil else {
      return [.skipped(.certificate, "site", MachineFacts.absence)]
    }
    guard let end = facts.number("certificate_ends") else {
      let ofFile = facts["certificate_host"].map { [host($0)] } ?? []
      return ofFile + [
        .failure(
          .certificate, "site", "nginx shows none on this machine",
          do: "systemctl status nginx; ls -l /etc/coinpay/tls")
      ]
    }
    return [
      expiry(end, now), loaded(facts),
      host(facts["certificate_host"]),
      verdict(
        "chain", facts["certificate_chain"], "leads to an issuer that this machine trusts",
        "put the issuers' certificates behind it in fullchain.pem"),
    ]
  }

  private static func host(_ found: String?) -> Finding {
    verdict("host_name", found, "is for this host", "get one for this host")
  }

  private static func expiry(_ end: Int64, _ now: Timestamp) -> Finding {
    let days = (end - now.unixSeconds) / daySeconds
    let date = CalendarTime(Timestamp(unixSeconds: end), offsetSeconds: 0).date
    let text = end <= now.unixSeconds ? "ended on \(date)" : "valid until \(date), \(days) days"
    let action = "renew it (certbot renew), then: systemctl reload nginx"
    if days < failureDays { return .failure(.certificate, "expiry", text, do: action) }
    if days < warningDays { return .warning(.certificate, "expiry", text, do: action) }
    return .ok(.certificate, "expiry", text)
  }

  private static func loaded(_ facts: MachineFacts) -> Finding {
    facts["certificate_shown"] == facts["certificate_file"]
      ? .ok(.certificate, "loaded", "nginx shows the one that is on disk")
      : .failure(
        .certificate, "loaded", "nginx shows another one than /etc/coinpay/tls/fullchain.pem",
        do: "systemctl reload nginx")
  }

  private static func verdict(
    _ name: String, _ found: String?, _ good: String, _ action: String
  ) -> Finding {
    found == "ok"
      ? .ok(.certificate, name, good)
      : .failure(.certificate, name, found ?? "could not be found out", do: action)
  }
}
