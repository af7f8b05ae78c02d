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
    let service = name == "web" ? "coinpay@\(colour)" : "coinpay-webhook@\(colour)"
    let unit = "\(service).socket"
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
          do: "systemctl status \(service); journalctl -u \(service) -n 50"),
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
