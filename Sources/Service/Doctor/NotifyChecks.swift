import Crypto
import Provider
import Routes
import Vocabulary

/// Whether what a provider sends arrives at the worker as it was sent: by DNS, firewall, CDN and nginx.
struct NotifyChecks {
  let settings: Settings
  let isOffline: Bool
  /// Whether setup was told what the site is behind.
  let knowsProxy: Bool

  func findings() -> [Finding] {
    NotifyTarget.all(settings).flatMap { target in
      // In development providers run on the same machine.
      let address = settings.isDevelopment ? [] : [target.finding(baseURL: settings.baseURL)]
      return address + [arrival(target)]
    }
  }

  private func arrival(_ target: NotifyTarget) -> Finding {
    let name = "\(target.name)_arrival"
    guard !isOffline else { return .skipped(.notify, name, "--offline") }
    guard let nonce = try? randomBytes(count: ProbeSeal.nonceBytes) else {
      return .skipped(.notify, name, "the system gave no random bytes")
    }
    let header = ProbeSeal(sessionKey: settings.sessionKey).header(
      at: SystemTime.now(), nonce: nonce)
    for sample in target.descriptor.notifying.samples {
      let probe = NotifyProbe(sample: sample)
      let outcome = probe.send(to: target.url, header: header, caFile: settings.caFile)
      if case .forwarded = outcome, knowsProxy { continue }
      guard outcome == .arrived else {
        return finding(outcome, name, target, probe, header)
      }
    }
    return .ok(.notify, name, "\(target.url): a POST arrives as it was sent")
  }

  private func finding(
    _ outcome: NotifyProbe.Outcome, _ name: String, _ target: NotifyTarget, _ probe: NotifyProbe,
    _ header: String
  ) -> Finding {
    func failure(_ found: String, _ action: String) -> Finding {
      .failure(.notify, name, "\(target.url): \(found)", do: action)
    }
    switch outcome {
    case .arrived: return .ok(.notify, name, target.url)
    case .forwarded(let address):
      return .warning(
        .notify, name,
        "\(target.url): a proxy hands requests on, and all its visitors count as \(address)",
        do: "coinpay setup --proxy-addresses with the proxy's addresses")
    case .redirected(let status, let location):
      return failure(
        "redirected (\(status)) to \(Self.shown(location)); providers follow none",
        "let the address answer itself, or set \(target.setting) to where it leads")
    case .methodChanged:
      return failure(
        "the POST arrived as another method", "take the rule away that rewrites requests on the way"
      )
    case .bodyChanged(let sent, let arrived):
      return failure(
        "the body was changed on the way: \(sent) bytes were sent, \(arrived) arrived, and no signature holds",
        "exempt the address from rewriting, filtering and decoding at the proxy or CDN")
    case .contentTypeChanged(let type):
      return failure(
        "the content type \(probe.sample.contentType) arrived as \(Self.shown(type))",
        "exempt the address from rewriting at the proxy or CDN")
    case .plain:
      return failure(
        "it arrived by plain http: what is in front ends TLS and goes on without it",
        "let the proxy or CDN reach nginx by https")
    case .challenged(let status):
      return failure(
        "a page for people answered (\(status)): a check for bots, a challenge or another server",
        "exempt the address from bot checks and challenges; look where the name leads to")
    case .blocked(let status):
      return failure(
        "blocked on the way (\(status))", "exempt the address in the firewall, WAF or CDN")
    case .notRecognised(let status):
      return failure(
        "a coinpay answers (\(status)), but knows the probe not as ours: it has another session key or a "
          + "wrong clock, or \(ProbeSeal.headerName) does not get through",
        "look where the name leads to; restart the worker after a change of COINPAY_SESSION_KEY")
    case .otherServer(let status):
      return failure(
        "something else than the worker answers (\(status))", "look where the name leads to")
    case .certificateWrong(let reason):
      return failure(
        "its certificate is not accepted: \(reason)", "see the findings about certificate")
    case .unreachable(let reason):
      return unreachable(reason, name, target, probe, header)
    }
  }

  /// Many networks let no machine reach its own public address, so that this is no proof.
  private func unreachable(
    _ reason: String, _ name: String, _ target: NotifyTarget, _ probe: NotifyProbe, _ header: String
  ) -> Finding {
    let minutes = ProbeSeal.ageSecondsMax / 60
    return .warning(
      .notify, name,
      "\(target.url) cannot be reached from here: \(reason). A firewall blocks it, or this network does "
        + "not lead back to its own public address (hairpin NAT)",
      do:
        "ask from elsewhere within \(minutes) minutes, where an answer with body_sha256 means that all is "
        + "well: curl -si -A '\(probe.sample.userAgent)' -H 'Content-Type: \(probe.sample.contentType)' "
        + "-H '\(ProbeSeal.headerName): \(header)' -d probe=1 '\(target.url)'")
  }

  /// What somebody else's server says, made fit for a terminal.
  private static func shown(_ text: String) -> String {
    let plain = text.unicodeScalars.prefix(shownCharactersMax).filter {
      $0.isASCII && (0x20...0x7E).contains($0.value)
    }
    return String(String.UnicodeScalarView(plain))
  }

  private static let shownCharactersMax = 120
}
