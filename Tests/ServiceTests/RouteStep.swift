import HTTPTypes

/// One request of a walk over the site, and what its answer has to be.
struct RouteStep: Sendable, CustomStringConvertible {
  let method: HTTPRequest.Method
  /// As the route table writes it.
  let pattern: String
  /// What stands in the place of the pattern's parameters, and a query.
  let target: String
  let json: String?
  let status: Int
  /// Stands in the answer's body or, of a redirect, in its address.
  let says: String

  var description: String { "\(method) \(target)" }

  static func get(
    _ pattern: String, _ target: String? = nil, _ status: Int = 200, says: String
  ) -> RouteStep {
    RouteStep(
      method: .get, pattern: pattern, target: target ?? pattern, json: nil, status: status,
      says: says)
  }

  static func post(
    _ pattern: String, _ target: String? = nil, _ json: String, _ status: Int = 200, says: String,
    method: HTTPRequest.Method = .post
  ) -> RouteStep {
    RouteStep(
      method: method, pattern: pattern, target: target ?? pattern, json: json, status: status,
      says: says)
  }
}
