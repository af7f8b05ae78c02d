import HTTP
import HTTPSClient
import Kit
import Provider
import Synchronization
import Vocabulary

@testable import Stripe

/// Answers requests by their first line, as Stripe would.
struct StripeServer {
  /// `POST /v1/refunds` and what is answered to it; the first that fits counts.
  let answers: [(request: String, status: String, body: String)]

  static let now = Timestamp(unixSeconds: 1_800_000_000)

  init(_ answers: [(request: String, body: String)]) {
    self.answers = answers.map { ($0.request, "200 OK", $0.body) }
  }

  init(_ answers: [(request: String, status: String, body: String)]) { self.answers = answers }

  /// - Parameter body: gets a provider that calls the server, and the server itself.
  func run(
    checkout: StripeConfiguration.Checkout = .elements,
    _ body: (StripeProvider, LoopbackServer) throws -> Void
  ) throws {
    let answers = answers
    let server = try LoopbackServer { request in
      let line = PercentText.decode(request.line)
      let fitting = answers.first { line.hasPrefix($0.request) }
      return .answer(
        .answer(
          fitting?.status ?? "404 Not Found", Array((fitting?.body ?? "{}").utf8)))
    }
    try server.run { server in
      try body(StripeServer.provider(server.url, checkout: checkout), server)
    }
  }

  static func provider(
    _ url: String = "http://127.0.0.1:1", checkout: StripeConfiguration.Checkout = .elements
  ) -> StripeProvider {
    StripeProvider(
      StripeConfiguration(
        publishableKey: "pk_test_unit", secretKey: Secret("sk_test_unit"),
        webhookSecrets: [SignatureTests.secret], apiURL: url, currency: .usd, checkout: checkout),
      client: HTTPSClientConfiguration(name: "STRIPE"))
  }
}

/// The fields of a request as they were meant.
enum PercentText {
  static func decode(_ text: String) -> String {
    var result = text
    for (escape, plain) in [("%5B", "["), ("%5D", "]"), ("%7B", "{"), ("%7D", "}"), ("%3A", ":")] {
      result.replace(escape, with: plain)
    }
    return result
  }
}
