import Database
import HTTP
import HTTPTypes
import Logging
import Pages
import Payments
import Provider
import Vocabulary

/// Notifications of providers. The answer is the provider's own form, and only after the commit.
enum WebhookRoute {
  static func receive(_ call: Call, _ connection: inout Connection) throws -> Response {
    guard let name = call.parameters?["provider"], name == name.lowercased(),
      let method = PaymentMethod(rawValue: name.uppercased()), method != .mock
    else { throw RouteError(.notFound) }
    guard let provider = call.site.checkout.registry[method] else {
      throw RouteError(.paymentMethodUnavailable)
    }
    let receivedAt = call.site.clock.now()
    switch provider.verify(Notification(request: call.request, receivedAt: receivedAt)) {
    case .event(let event):
      return provider.acknowledgement(
        settle(
          ReceivedEvent(event: event, body: call.request.body, receivedAt: receivedAt), call))
    case .irrelevant(let kind):
      call.site.logger.debug(
        "notification about nothing of ours",
        metadata: [
          "request_id": "\(call.request.requestID)", "provider": "\(method)", "kind": "\(kind)",
        ])
      return provider.acknowledgement(.accepted)
    case .refused(let refusal):
      call.site.logger.warning(
        "notification refused",
        metadata: [
          "request_id": "\(call.request.requestID)", "provider": "\(method)",
          "reason": "\(refusal.rawValue)", "address": "\(call.request.remoteAddress)",
        ])
      return provider.acknowledgement(.refused(refusal))
    }
  }

  private static func settle(_ event: ReceivedEvent, _ call: Call) -> Acknowledgement {
    do throws(SettlementQueue.SubmitError) {
      _ = try call.site.settlements.submit(event)
      return .accepted
    } catch {
      call.site.logger.error(
        "notification could not be stored; the provider is asked to send it again",
        metadata: [
          "request_id": "\(call.request.requestID)", "event_key": "\(event.event.eventKey)",
          "error": "\(error)",
        ])
      return .tryAgain
    }
  }
}
