public import HTTPTypes

/// The values of a pattern's `{name}` segments.
public struct PathParameters: Hashable, Sendable {
  private var values: [String: String] = [:]

  public init() {}

  public subscript(name: String) -> String? { values[name] }

  mutating func set(_ name: String, _ value: String) { values[name] = value }
}

/// Finds the handler of a request by method and path.
public struct Router<Handler: Sendable>: Sendable {
  public enum Match: Sendable {
    /// - Parameter pattern: names the route in logs and figures, without a user's values.
    case found(Handler, PathParameters, pattern: String)
    case notFound
    case methodNotAllowed(allowed: [HTTPRequest.Method])
  }

  private enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
  }

  private struct Route: Sendable {
    let pattern: String
    let segments: [Segment]
    var handlers: [(method: HTTPRequest.Method, handler: Handler)]
  }

  private var routes: [Route] = []
  /// Routes without parameters, by path.
  private var literalRoutes: [String: Int] = [:]

  public init() {}

  /// Adds a route such as `/coin/pay/{order_no}`.
  /// - Precondition: the method is new to the pattern; routes come from the source only.
  public mutating func on(
    _ method: HTTPRequest.Method, _ pattern: String, _ handler: Handler
  ) {
    let index = index(of: pattern)
    let isNew = !routes[index].handlers.contains { $0.method == method }
    precondition(isNew, "\(method) \(pattern) has two handlers")
    routes[index].handlers.append((method, handler))
  }

  private mutating func index(of pattern: String) -> Int {
    if let index = routes.firstIndex(where: { $0.pattern == pattern }) { return index }
    let segments: [Segment] = pattern.split(separator: "/").map { segment in
      segment.hasPrefix("{")
        ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
    }
    routes.append(Route(pattern: pattern, segments: segments, handlers: []))
    if !pattern.contains("{") { literalRoutes[pattern] = routes.count - 1 }
    return routes.count - 1
  }

  /// HEAD is answered by the handler of GET.
  public func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
    if let index = literalRoutes[path] {
      return match(method, routes[index], PathParameters())
    }
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for route in routes {
      if let parameters = parameters(of: route, segments) {
        return match(method, route, parameters)
      }
    }
    return .notFound
  }

  private func match(
    _ method: HTTPRequest.Method, _ route: Route, _ parameters: PathParameters
  ) -> Match {
    let wanted = method == .head ? .get : method
    guard let found = route.handlers.first(where: { $0.method == wanted }) else {
      return .methodNotAllowed(allowed: route.handlers.map(\.method))
    }
    return .found(found.handler, parameters, pattern: route.pattern)
  }

  private func parameters(of route: Route, _ segments: ArraySlice<Substring>) -> PathParameters? {
    guard segments.count == route.segments.count else { return nil }
    var parameters = PathParameters()
    for (segment, text) in zip(route.segments, segments) {
      switch segment {
      case .literal(let literal): if literal != text { return nil }
      case .parameter(let name):
        if text.isEmpty { return nil }
        parameters.set(name, String(text))
      }
    }
    return parameters
  }
}
