import HTTP
import HTTPSClient
import Provider
import Vocabulary

extension StripeProvider {
  /// An answer of Stripe, sorted by what it says about the request.
  enum Answer {
    case success([UInt8])
    /// Stripe refused the request itself; nothing happened.
    case refused(Cause)
    case notFound
    /// Our key or account may not do this; nothing happened.
    case forbidden(Cause)
    /// Nothing was sent.
    case notSent(Cause)
    case unknown(Cause)
  }

  func get(_ path: String, _ query: [(name: String, value: String)] = []) -> Answer {
    let suffix = query.isEmpty ? "" : "?" + PercentCoding.encodeForm(query)
    return call(
      ClientRequest(method: .get, url: configuration.apiURL + path + suffix, headers: headers))
  }

  /// - Parameter idempotencyKey: the same for the same intention, whatever happens in between.
  func post(
    _ path: String, _ fields: [(name: String, value: String)], idempotencyKey: String
  ) -> Answer {
    post(
      path, body: Array(PercentCoding.encodeForm(fields).utf8), idempotencyKey: idempotencyKey)
  }

  /// - Parameter body: an encoded form.
  func post(_ path: String, body: [UInt8], idempotencyKey: String) -> Answer {
    let form = [("Content-Type", "application/x-www-form-urlencoded")]
    return call(
      ClientRequest(
        method: .post, url: configuration.apiURL + path,
        headers: headers + form + [("Idempotency-Key", idempotencyKey)], body: body))
  }

  var headers: [(name: String, value: String)] {
    [
      ("Authorization", "Bearer \(configuration.secretKey.reveal())"),
      ("Stripe-Version", StripeProvider.apiVersion), ("Accept", "application/json"),
    ]
  }

  /// Stripe answered more than is read.
  static let tooLarge = cause(of: .responseTooLarge)

  private static func cause(of error: TransportError) -> Cause {
    Cause(.unavailable, error.description)
  }

  private func call(_ request: ClientRequest) -> Answer {
    // A repetition carries the same idempotency key.
    switch client.sendRepeatably(mayRepeat: mayRepeat, { request }) {
    case .answered(let response): sort(response)
    case .notSent(let cause): .notSent(cause)
    case .unknown(let cause): .unknown(cause)
    }
  }

  /// Stripe says itself whether a repetition can help. Source: docs.stripe.com/error-low-level.
  private func mayRepeat(_ response: ClientResponse) -> Bool {
    switch response[header: "Stripe-Should-Retry"] {
    case "true": true
    case "false": false
    default: response.status == 409 || response.status >= 500
    }
  }

  private func sort(_ response: ClientResponse) -> Answer {
    let failure = StripeWire.decode(StripeWire.ErrorAnswer.self, response.body)?.error
    let code = "HTTP \(response.status) \(failure?.code ?? "")"
    switch response.status {
    case 200..<300: return .success(response.body)
    case 401, 403: return .forbidden(Cause(.configuration, code))
    case 404: return .notFound
    case 400, 402, 424:
      // The key stands for another request: what happened to that one is not known here.
      if failure?.type == "idempotency_error" { return .unknown(Cause(.conflict, code)) }
      return .refused(failure?.cause ?? Cause(.other, code))
    default: return .unknown(Cause(.unavailable, code))
    }
  }
}
