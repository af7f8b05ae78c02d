import Provider

/// Where Stripe sends its events, and whether we can use what it sends.
///
/// Source: docs.stripe.com/api/webhook_endpoints, docs.stripe.com/event-destinations.
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

  private struct Endpoint: Decodable {
    let id: String
    let url: String
    let status: String
    let enabledEvents: [String]
    /// Nil for an endpoint that follows the account's own version.
    let apiVersion: String?

    enum CodingKeys: String, CodingKey {
      case id, url, status
      case enabledEvents = "enabled_events"
      case apiVersion = "api_version"
    }
  }

  /// The same in API v2, which alone knows of thin payload.
  private struct Destination: Decodable {
    struct Webhook: Decodable { let url: String? }

    let id: String
    let type: String
    let status: String
    let eventPayload: String
    let enabledEvents: [String]
    let webhookEndpoint: Webhook?

    enum CodingKeys: String, CodingKey {
      case id, type, status
      case eventPayload = "event_payload"
      case enabledEvents = "enabled_events"
      case webhookEndpoint = "webhook_endpoint"
    }
  }

  func endpointFindings() -> [CheckFinding] {
    let thin = thinDestinations()
    let limit = String(StripeProvider.pageEndpointsMax)
    guard case .success(let body) = get("/v1/webhook_endpoints", [("limit", limit)]),
      let list = StripeWire.decode(StripeWire.List<Endpoint>.self, body)
    else {
      let text = "this key may not list the webhook endpoints; look at them in the Dashboard"
      return [CheckFinding(.warning, "notify URL", text)] + thin.flatMap(findings)
    }
    let known = Set(thin.map(\.id))
    let ours = list.data.filter { isOurs($0.url) && !known.contains($0.id) }
    guard !ours.isEmpty || !thin.isEmpty else {
      let text = "no webhook endpoint ends with \(StripeProvider.webhookPath); add one"
      return [CheckFinding(.failure, "notify URL", text)]
    }
    return ours.flatMap(findings) + thin.flatMap(findings)
  }

  private func isOurs(_ url: String) -> Bool { url.hasSuffix(StripeProvider.webhookPath) }

  /// Empty also where this key or account may not ask.
  private func thinDestinations() -> [Destination] {
    let query = [
      ("limit", String(StripeProvider.pageEndpointsMax)),
      ("include[0]", "webhook_endpoint.url"),
    ]
    guard case .success(let body) = get("/v2/core/event_destinations", query),
      let list = StripeWire.decode(StripeWire.List<Destination>.self, body)
    else { return [] }
    return list.data.filter {
      $0.type == "webhook_endpoint" && $0.eventPayload == "thin"
        && $0.webhookEndpoint?.url.map(isOurs) == true
    }
  }

  private func findings(_ endpoint: Endpoint) -> [CheckFinding] {
    [
      NotifyAddress.finding(endpoint.url), versionFinding(endpoint),
      eventsFinding(
        endpoint.url, isEnabled: endpoint.status == "enabled", endpoint.enabledEvents, prefix: ""),
    ]
  }

  private func findings(_ destination: Destination) -> [CheckFinding] {
    let url = destination.webhookEndpoint?.url ?? ""
    return [
      NotifyAddress.finding(url),
      CheckFinding(
        .warning, "webhook payload",
        "\(url) sends thin payload: it works, but Stripe is asked about each event. Better add an event "
          + "destination with snapshot payload and API version \(StripeProvider.apiVersion), give its "
          + "secret in STRIPE_WEBHOOK_SECRET, and remove this one"),
      eventsFinding(
        url, isEnabled: destination.status == "enabled", destination.enabledEvents,
        prefix: StripeNews.thinPrefix),
    ]
  }

  /// The version of an endpoint cannot be changed. What matters to us has been the same in all versions
  /// since 2022-11-15, so that another one is no failure.
  private func versionFinding(_ endpoint: Endpoint) -> CheckFinding {
    let newest = StripeProvider.apiVersion
    guard endpoint.apiVersion != newest else {
      return CheckFinding(.ok, "webhook version", "snapshot payload of API version \(newest)")
    }
    let version = endpoint.apiVersion.map { "API version \($0)" } ?? "the account's API version"
    return CheckFinding(
      .warning, "webhook version",
      "\(endpoint.url) sends snapshot payload of \(version), and \(newest) was checked. Add an endpoint "
        + "with that version, give its secret in STRIPE_WEBHOOK_SECRET, and remove this one")
  }

  private func eventsFinding(
    _ url: String, isEnabled: Bool, _ enabled: [String], prefix: String
  ) -> CheckFinding {
    guard isEnabled else {
      return CheckFinding(.failure, "webhook events", "Stripe disabled \(url); enable it")
    }
    let missing = StripeProvider.eventTypes.map { prefix + $0 }.filter { !enabled.contains($0) }
    guard !enabled.contains("*"), !missing.isEmpty else {
      return CheckFinding(.ok, "webhook events", "all that matter are sent")
    }
    let names = missing.joined(separator: ", ")
    return CheckFinding(
      .warning, "webhook events", "\(url) does not send \(names); add them to the endpoint's events"
    )
  }
}
