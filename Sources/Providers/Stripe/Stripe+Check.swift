import HTTPSClient
public import Provider
public import Vocabulary

extension StripeProvider {
  /// The kinds of events that are acted upon; an endpoint has to send them.
  private static let eventTypes = [
    "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
    "checkout.session.completed", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "checkout.session.expired", "charge.refunded",
    "refund.created", "refund.updated", "refund.failed", "charge.dispute.created",
    "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
  ]
  private static let webhookPath = "/api/payment/webhook/stripe"
  private static let pageEndpointsMax = 100

  public func check(now: Timestamp) -> [CheckFinding] {
    [keyFinding(), clockFinding(now), secretFinding()] + endpointFindings()
  }

  private struct Balance: Decodable {
    let livemode: Bool
  }

  private struct Endpoint: Decodable {
    let url: String
    let status: String
    let enabledEvents: [String]

    enum CodingKeys: String, CodingKey {
      case url, status
      case enabledEvents = "enabled_events"
    }
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
        .warning, "webhook secret", "\(count) are in force; remove the old ones after a day")
    }
  }

  private func endpointFindings() -> [CheckFinding] {
    let limit = String(StripeProvider.pageEndpointsMax)
    let answer = get("/v1/webhook_endpoints", [("limit", limit)])
    guard case .success(let body) = answer,
      let list = StripeWire.decode(StripeWire.List<Endpoint>.self, body)
    else {
      let text = "this key may not list the webhook endpoints; look at them in the Dashboard"
      return [CheckFinding(.warning, "notify URL", text)]
    }
    let ours = list.data.filter { $0.url.hasSuffix(StripeProvider.webhookPath) }
    guard !ours.isEmpty else {
      let text = "no webhook endpoint ends with \(StripeProvider.webhookPath); add one"
      return [CheckFinding(.failure, "notify URL", text)]
    }
    return ours.flatMap { [NotifyAddress.finding($0.url), eventsFinding($0)] }
  }

  private func eventsFinding(_ endpoint: Endpoint) -> CheckFinding {
    guard endpoint.status == "enabled" else {
      return CheckFinding(.failure, "webhook events", "Stripe disabled \(endpoint.url); enable it")
    }
    let isAll = endpoint.enabledEvents.contains("*")
    let missing = StripeProvider.eventTypes.filter { !endpoint.enabledEvents.contains($0) }
    guard !isAll, !missing.isEmpty else {
      return CheckFinding(.ok, "webhook events", "all that matter are sent")
    }
    let names = missing.joined(separator: ", ")
    return CheckFinding(.warning, "webhook events", "the endpoint does not send \(names)")
  }
}
