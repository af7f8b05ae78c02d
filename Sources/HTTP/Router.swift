public import HTTPTypes

/// A pattern of paths, the method it is asked with, and what answers.
public struct Route<Handler> {
  public let method: HTTPRequest.Method
  /// Segments divided by `/`; one in braces takes any non-empty segment: `/coin/pay/{order_no}`.
  public let pattern: String
  public let handler: Handler

  public init(_ method: HTTPRequest.Method, _ pattern: String, _ handler: Handler) {
    self.method = method
    self.pattern = pattern
    self.handler = handler
  }
}

extension Route: Sendable where Handler: Sendable {}

/// What stood in the place of a pattern's parameters, percent-decoded.
public struct PathParameters: Sendable, Equatable {
  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  /// The value of the parameter of that name.
  public subscript(_ name: String) -> String? { values[name] }
}

/// A table of routes that cannot work.
public enum RouterError: Error, Sendable, Equatable {
  /// The pattern does not begin with `/`, or has an empty or a repeated parameter, or a stray brace.
  case invalidPattern(String)
  /// Two routes with one method take the same paths.
  case duplicate(method: HTTPRequest.Method, pattern: String)
}

/// Finds the route of a request.
///
/// The patterns become a tree of segments when it is made. Where both fit, a literal segment wins over a
/// parameter.
public struct Router<Handler> {
  /// What became of looking for a route.
  public enum Match {
    /// - routeName: the pattern, for logs and metrics: it has as many values as there are routes.
    case found(Handler, PathParameters, routeName: String)
    case notFound
    /// The path exists, but not for this method. `allowed` is in the order of the table.
    case methodNotAllowed(allowed: [HTTPRequest.Method])
  }

  struct Node {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var routes: [Entry] = []
  }

  struct Entry {
    let route: Route<Handler>
    let parameters: [String]
  }

  private var nodes = [Node()]
  private var deepestSegments = 0

  /// - Throws: `RouterError` for a pattern that cannot be understood or that is there twice.
  public init(_ routes: [Route<Handler>]) throws(RouterError) {
    for route in routes { try add(route) }
  }

  private mutating func add(_ route: Route<Handler>) throws(RouterError) {
    guard route.pattern.hasPrefix("/") else { throw .invalidPattern(route.pattern) }
    var node = 0
    var parameters: [String] = []
    let segments = Self.segments(route.pattern, max: .max)
    for segment in segments {
      if segment.hasPrefix("{"), segment.hasSuffix("}") {
        let name = String(segment.dropFirst().dropLast())
        let isName = !name.isEmpty && !name.contains { "{}".contains($0) }
        if !isName || parameters.contains(name) { throw .invalidPattern(route.pattern) }
        parameters.append(name)
        node = child(of: node, at: \.parameter)
      } else {
        if segment.contains(where: { "{}".contains($0) }) { throw .invalidPattern(route.pattern) }
        node = child(of: node, at: \.literals[String(segment)])
      }
    }
    if nodes[node].routes.contains(where: { $0.route.method == route.method }) {
      throw .duplicate(method: route.method, pattern: route.pattern)
    }
    nodes[node].routes.append(Entry(route: route, parameters: parameters))
    deepestSegments = max(deepestSegments, segments.count)
  }

  private mutating func child(of node: Int, at place: WritableKeyPath<Node, Int?>) -> Int {
    if let child = nodes[node][keyPath: place] { return child }
    nodes.append(Node())
    nodes[node][keyPath: place] = nodes.count - 1
    return nodes.count - 1
  }

  /// Finds the route. `HEAD` is answered by the route for `GET` unless it has one of its own.
  /// - Parameter path: percent-decoded once.
  public func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
    guard path.hasPrefix("/") else { return .notFound }
    let segments = Self.segments(path, max: deepestSegments + 1)
    var found: [(node: Int, values: [Substring])] = []
    collect(segments[...], at: 0, values: [], into: &found)
    for wanted in method == .head ? [.head, .get] : [method] {
      for (node, values) in found {
        guard let entry = nodes[node].routes.first(where: { $0.route.method == wanted }) else {
          continue
        }
        let pairs = zip(entry.parameters, values.map { String($0) })
        let parameters = PathParameters(Dictionary(pairs) { first, _ in first })
        return .found(entry.route.handler, parameters, routeName: entry.route.pattern)
      }
    }
    let allowed = allowedMethods(found.map(\.node))
    return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed: allowed)
  }

  /// All nodes that fit, the one with literals first. It calls itself once per segment of a pattern.
  private func collect(
    _ segments: ArraySlice<Substring>, at node: Int, values: [Substring],
    into found: inout [(node: Int, values: [Substring])]
  ) {
    guard let segment = segments.first else {
      found.append((node, values))
      return
    }
    let rest = segments.dropFirst()
    if let literal = nodes[node].literals[String(segment)] {
      collect(rest, at: literal, values: values, into: &found)
    }
    if let parameter = nodes[node].parameter, !segment.isEmpty {
      collect(rest, at: parameter, values: values + [segment], into: &found)
    }
  }

  private func allowedMethods(_ found: [Int]) -> [HTTPRequest.Method] {
    var allowed: [HTTPRequest.Method] = []
    for method in found.flatMap({ nodes[$0].routes.map(\.route.method) }) {
      for method in method == .get ? [.get, .head] : [method] where !allowed.contains(method) {
        allowed.append(method)
      }
    }
    return allowed
  }

  /// The pieces between slashes. More than `max` pieces are not told apart, since no pattern has them.
  private static func segments(_ path: String, max: Int) -> [Substring] {
    path.dropFirst().split(separator: "/", maxSplits: max, omittingEmptySubsequences: false)
  }
}

extension Router: Sendable where Handler: Sendable {}
extension Router.Node: Sendable where Handler: Sendable {}
extension Router.Entry: Sendable where Handler: Sendable {}
extension Router.Match: Sendable where Handler: Sendable {}
