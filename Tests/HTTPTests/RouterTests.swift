import HTTP
import HTTPTypes
import Testing

struct RouterTests {
  private let router: Router<String>

  init() throws {
    router = try Router([
      Route(.get, "/", "root"),
      Route(.get, "/coin", "coin"),
      Route(.get, "/coin/pay/{order_no}", "pay"),
      Route(.get, "/coin/pay/help", "help"),
      Route(.post, "/coin/pay/{order_no}", "pay again"),
      Route(.post, "/coin/{a}/x/{b}", "two"),
      Route(.head, "/own", "head"),
      Route(.get, "/own", "get"),
    ])
  }

  private func name(_ method: HTTPRequest.Method, _ path: String) -> String {
    switch router.match(method, path) {
    case .found(let handler, _, _): handler
    case .notFound: "404"
    case .methodNotAllowed(let allowed): allowed.map(\.rawValue).joined(separator: ",")
    }
  }

  @Test(arguments: [
    (HTTPRequest.Method.get, "/", "root"), (.get, "/coin", "coin"), (.get, "/coin/", "404"),
    (.get, "//coin", "404"), (.get, "", "404"), (.get, "coin", "404"), (.get, "/COIN", "404"),
    (.get, "/coin/pay/7", "pay"), (.get, "/coin/pay/help", "help"), (.get, "/coin/pay/", "404"),
    (.get, "/coin/pay/7/8", "404"), (.get, "/coin/pay/../x", "404"),
    (.post, "/coin/pay/7", "pay again"), (.post, "/coin/pay/help", "pay again"),
    (.post, "/coin/pay/x/1", "two"), (.post, "/coin/q/x/1", "two"), (.post, "/coin", "GET,HEAD"),
    (.delete, "/coin/pay/help", "GET,HEAD,POST"), (.put, "/own", "HEAD,GET"),
    (.head, "/coin", "coin"), (.head, "/own", "head"), (.head, "/coin/q/x/1", "POST"),
    (.delete, "/none", "404"), (.get, "/{order_no}", "404"),
  ])
  func `a path finds its route`(method: HTTPRequest.Method, path: String, expected: String) {
    #expect(name(method, path) == expected)
  }

  @Test func `parameters carry their names, and the route its pattern`() throws {
    guard case .found(_, let parameters, let routeName) = router.match(.post, "/coin/é b/x/2")
    else {
      Issue.record("no route")
      return
    }
    #expect(parameters["a"] == "é b")
    #expect(parameters["b"] == "2")
    #expect(parameters["c"] == nil)
    #expect(routeName == "/coin/{a}/x/{b}")
  }

  @Test func `a path of any length is only not found`() {
    #expect(name(.get, String(repeating: "/x", count: 100_000)) == "404")
    #expect(name(.get, String(repeating: "/", count: 100_000)) == "404")
  }

  @Test func `two routes for the same paths are refused`() {
    #expect(throws: RouterError.duplicate(method: .get, pattern: "/a/{y}")) {
      try Router([Route(.get, "/a/{x}", 1), Route(.get, "/a/{y}", 2)])
    }
    #expect(throws: Never.self) {
      try Router([Route(.get, "/a/{x}", 1), Route(.post, "/a/{y}", 2)])
    }
  }

  @Test(arguments: ["", "a", "/{}", "/{a}/{a}", "/{a", "/a}", "/x{a}", "/{{a}}"])
  func `a pattern that cannot be understood is refused`(pattern: String) {
    #expect(throws: RouterError.invalidPattern(pattern)) { try Router([Route(.get, pattern, 1)]) }
  }
}
