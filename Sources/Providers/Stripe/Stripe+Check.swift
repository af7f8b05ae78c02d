import HTTPSClient
public import Provider
public import Vocabulary

extension StripeProvider {
  public func check(now: Timestamp) -> [CheckFinding] {
    [keyFinding(), clockFinding(now), secretFinding()] + endpointFindings()
  }

  private struct Balance: Decodable {
    let livemode: Bool
  }

  private func keyFinding() -> CheckFinding {
    switch get("/v1/balance") {
    case .success(let body):
      guard let balance = StripeWire.decode(Balance.self, body) else {
        return CheckFinding(.failure, "secret key", "\(configuration.apiURL) is not Stripe's API")
      }
      guard balance.livemode == configuration.isLive else {
        return CheckFinding(.failure, "secret key", "Stripe says that it is of the other mode")
      }
      return CheckFinding(
        .ok, "secret key", configuration.isLive ? "accepted, live" : "accepted, test mode")
    case .notFound:
      return CheckFinding(.failure, "secret key", "\(configuration.apiURL) is not Stripe's API")
    case .forbidden(let cause):
      return CheckFinding(
        .failure, "secret key",
        "\(cause). Copy STRIPE_SECRET_KEY anew; a restricted key needs to read the balance")
    case .refused(let cause), .notSent(let cause), .unknown(let cause):
      return CheckFinding(.failure, "secret key", "\(configuration.apiURL): \(cause)")
    }
  }

  private func clockFinding(_ now: Timestamp) -> CheckFinding {
    let head = try? client.send(
      ClientRequest(method: .get, url: configuration.apiURL + "/v1/balance", headers: headers))
    return ClockCheck.finding(dateHeader: head?[header: "date"], now: now)
  }

  private func secretFinding() -> CheckFinding {
    let count = configuration.webhookSecrets.filter { !$0.isEmpty }.count
    switch count {
    case 0: return CheckFinding(.failure, "webhook secret", "set STRIPE_WEBHOOK_SECRET")
    case 1: return CheckFinding(.ok, "webhook secret", "one is in force")
    default:
      return CheckFinding(
        .warning, "webhook secret",
        "\(count) are in force: one for each endpoint; remove those of old ones after a day")
    }
  }
}
