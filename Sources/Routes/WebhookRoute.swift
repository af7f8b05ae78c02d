import Database
import HTTP
import HTTPTypes
import LogLines
import Logging
import Pages
import Payments
import Provider
import Vocabulary

/// Notifications of providers. The answer is the provider's own form, and only after the commit.
enum WebhookRoute {
  static func receive(_ call: Call, _ connection: inout Connection) throws -> Response {
    guard let name = call.parameters?["provider"], name == name.lowercased(),
      let method = call.site.faces.method(named: name.uppercased()),
      call.site.faces.real.contains(method)
    else { throw RouteError(.notFound) }
    if let answer = call.probeAnswer() { return answer }
    guard let provider = call.site.checkout.registry[method] else {
      throw RouteError(.paymentMethodUnavailable)
    }
    let receivedAt = call.site.clock.now()
    let notification = Notification(request: call.request, receivedAt: receivedAt)
    let outcome = CallPurpose.during(.notification) { provider.receive(notification) }
    let acknowledgement: Acknowledgement
    switch outcome {
    case .events(let events):
      acknowledgement = settle(events, receivedAt: receivedAt, call)
    case .irrelevant(let kind):
      note(.info, "notification about nothing of ours", method, [.kind: "\(kind)"], call)
      acknowledgement = .accepted
    case .unverifiable(let cause):
      note(
        .error, "notification could not be checked; the provider is asked to send it again", method,
        [.cause: "\(cause)"], call)
      acknowledgement = .tryAgain
    case .refused(let refusal):
      RouteMeters.refusedNotification(method, refusal)
      noteRefusal(refusal, method, call)
      acknowledgement = .refused(refusal)
    }
    RouteMeters.notification(method, acknowledgement.name)
    return provider.acknowledgement(acknowledgement)
  }

  private static func settle(
    _ events: [ProviderEvent], receivedAt: Timestamp, _ call: Call
  ) -> Acknowledgement {
    guard let first = events.first else { return .accepted }
    do throws(SettlementQueue.SubmitError) {
      let receipts = try call.site.settlements.submit(
        group: events.map {
          ReceivedEvent(event: $0, body: call.request.body, receivedAt: receivedAt)
        })
      for (receipt, event) in zip(receipts, events) { note(receipt, of: event, call) }
      return .accepted
    } catch {
      note(
        .error, "notification could not be stored; the provider is asked to send it again",
        first.provider, [.eventKey: "\(first.eventKey)", .error: "\(error)"], call)
      return .tryAgain
    }
  }

  /// What was settled at once has a line of the settlement.
  private static func note(_ receipt: Receipt, of event: ProviderEvent, _ call: Call) {
    var fields: LogFields = [.eventKey: "\(event.eventKey)"]
    if let number = event.outTradeNo { fields[.outTradeNumber] = "\(number)" }
    switch receipt {
    case .settled: return
    case .repeated:
      fields[.outcome] = "REPEATED"
      note(.info, "notification came again; nothing changed", event.provider, fields, call)
    case .foreign:
      fields[.outcome] = "FOREIGN"
      note(
        .debug, "notification is about other software on the same account", event.provider, fields,
        call)
    case .deferred:
      fields[.outcome] = "STORED"
      note(.info, "notification is stored and settled later", event.provider, fields, call)
    }
  }

  /// Anybody can send rubbish: the log takes a bounded number of lines and says how many it left out.
  private static func noteRefusal(
    _ refusal: NotificationRefusal, _ method: PaymentMethod, _ call: Call
  ) {
    guard let line = call.site.refusals.count(method, at: call.site.clock.now()) else { return }
    var fields: LogFields = [
      .reason: "\(refusal.rawValue)", .address: "\(call.request.remoteAddress)",
      .refusedInAll: "\(line.total)",
    ]
    if line.unlogged > 0 { fields[.notLoggedBefore] = "\(line.unlogged)" }
    note(.warning, "notification refused", method, fields, call)
  }

  private static func note(
    _ level: Logger.Level, _ text: String, _ method: PaymentMethod, _ details: LogFields,
    _ call: Call
  ) {
    var fields = details
    fields[.requestID] = "\(call.request.requestID)"
    fields[.provider] = "\(method)"
    call.site.logger.write(level, "\(text)", fields)
  }
}
