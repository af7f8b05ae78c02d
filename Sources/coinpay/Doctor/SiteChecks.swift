import Vocabulary

/// The way of a request to the worker: nginx, its site, the sockets.
enum SiteChecks {
  static func findings(_ facts: MachineFacts?) -> [Finding] {
    guard let facts, let colour = facts["colour"] else {
      return [
        .skipped(.sockets, "sockets", MachineFacts.absence),
        .skipped(.nginx, "site", MachineFacts.absence),
      ]
    }
    return ["web", "webhook"].flatMap { socket($0, colour, facts) }
      + [configuration(facts), site(facts), answer(facts)]
  }

  /// nginx's group may use the sockets, and nobody else.
  private static let socketAccess = "660 root www-data"

  private static func socket(_ name: String, _ colour: String, _ facts: MachineFacts) -> [Finding] {
    let unit = name == "web" ? "coinpay@\(colour).socket" : "coinpay-webhook@\(colour).socket"
    let restart = "systemctl restart \(unit)"
    guard let access = facts["socket_\(name)"], access != "missing" else {
      return [
        .failure(.sockets, name, "/run/coinpay/\(colour)/\(name).sock is not there", do: restart)
      ]
    }
    let accessFinding: Finding =
      access == socketAccess
      ? .ok(.sockets, "\(name)_access", access)
      : .failure(
        .sockets, "\(name)_access", "\(access), where it should be \(socketAccess)", do: restart)
    let answers = facts["socket_\(name)_answers"] == "yes"
    return [
      accessFinding,
      answers
        ? .ok(.sockets, name, "the \(colour) worker answers")
        : .failure(
          .sockets, name, "the \(colour) worker does not answer",
          do: "systemctl status coinpay@\(colour); journalctl -u coinpay@\(colour) -n 50"),
    ]
  }

  private static func configuration(_ facts: MachineFacts) -> Finding {
    let result = facts["nginx_configuration"] ?? "nginx -t gave no answer"
    return result == "ok"
      ? .ok(.nginx, "configuration", "nginx -t accepts it")
      : .failure(.nginx, "configuration", result, do: "mend what nginx -t names")
  }

  private static func site(_ facts: MachineFacts) -> Finding {
    facts["nginx_site"] == "enabled"
      ? .ok(.nginx, "site", "enabled")
      : .failure(
        .nginx, "site", "the site or its part at http level is not enabled",
        do: "coinpay setup, or link /etc/nginx/sites-enabled/coinpay; systemctl reload nginx")
  }

  private static func answer(_ facts: MachineFacts) -> Finding {
    let answer = facts["site_answer"] ?? "nothing"
    return answer == "ready"
      ? .ok(.nginx, "answer", "/readyz answers over https on this machine")
      : .failure(
        .nginx, "answer", "/readyz over https on this machine: \(answer)",
        do: "systemctl status nginx; tail /var/log/nginx/error.log")
  }
}

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
      return [
        .failure(
          .certificate, "site", "nginx shows none on this machine",
          do: "systemctl status nginx; ls -l /etc/coinpay/tls")
      ]
    }
    return [
      expiry(end, now), loaded(facts),
      verdict("host_name", facts["certificate_host"], "is for this host", "get one for this host"),
      verdict(
        "chain", facts["certificate_chain"], "leads to an issuer that this machine trusts",
        "put the issuers' certificates behind it in fullchain.pem"),
    ]
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
