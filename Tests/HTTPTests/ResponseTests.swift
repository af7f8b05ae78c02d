import HTTP
import HTTPTypes
import Testing

struct ResponseTests {
  @Test func `JSON keeps its slashes and is never stored`() {
    let response = Response.json(["url": "https://example/元"], status: .created)
    #expect(response.status == .created)
    #expect(String(decoding: response.body, as: UTF8.self) == #"{"url":"https://example/元"}"#)
    #expect(response.headers[.contentType] == "application/json; charset=utf-8")
    #expect(response.headers[.cacheControl] == "no-store")
  }

  @Test func `what JSON cannot express is an internal error without a body`() {
    #expect(Response.json([Double.infinity]) == .empty(.internalServerError))
  }

  @Test func `pages, text and redirects say what they are`() {
    #expect(Response.html("<p>").headers[.contentType] == "text/html; charset=utf-8")
    #expect(Response.text("x", status: .notFound).status == .notFound)
    let redirect = Response.redirect(to: "/coin")
    #expect(redirect.status == .seeOther)
    #expect(redirect.headers[.location] == "/coin")
    #expect(redirect.body.isEmpty)
  }

  @Test(arguments: ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\u{0}X: y", "\r\n\r\n<script>"])
  func `a header's value cannot end its line`(value: String) {
    let response = Response.redirect(to: value)
    #expect(response.headers.count == 1)
    let bytes = Array((response.headers[.location] ?? "").utf8)
    #expect(!bytes.contains { $0 == 0 || $0 == 10 || $0 == 13 })
  }
}

struct CookieTests {
  private func cookies(_ values: String...) -> Cookies {
    var headers = HTTPFields()
    for value in values { headers.append(HTTPField(name: .cookie, value: value)) }
    return Cookies(headers)
  }

  @Test func `cookies are read from all headers, and the first of a name counts`() {
    let cookies = cookies("a=1; b = x=y ;a=2;;novalue; =z", "c=\"q\"; b=later")
    #expect(cookies["a"] == "1")
    #expect(cookies["b"] == "x=y")
    #expect(cookies["c"] == "\"q\"")
    #expect(cookies["novalue"] == nil)
    #expect(cookies[""] == nil)
  }

  @Test func `more cookies than the limit are ignored`() {
    let many = (0..<100).map { "c\($0)=1" }.joined(separator: ";")
    #expect(cookies(many)["c63"] == "1")
    #expect(cookies(many)["c64"] == nil)
  }

  @Test func `a cookie is written with its attributes`() throws {
    let cookie = try #require(
      SetCookie(name: "coinpay_session", value: "abc", maxAgeSeconds: 60, isSecure: true))
    let text = "coinpay_session=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
    #expect(cookie.headerValue == text)
    let plain = try #require(
      SetCookie(
        name: "a", value: "", path: "/x", isSecure: false, isHTTPOnly: false, sameSite: .strict))
    #expect(plain.headerValue == "a=; Path=/x; SameSite=Strict")
    var response = Response.text("x")
    response.set(cookie)
    response.set(plain)
    #expect(response.headers[values: .setCookie].count == 2)
  }

  @Test(arguments: [
    ("", "v", "/"), ("a b", "v", "/"), ("a=b", "v", "/"), ("a;", "v", "/"), ("é", "v", "/"),
    (":a", "v", "/"), ("a", "v;Domain=x", "/"), ("a", "v\r\nX: y", "/"), ("a", "v v", "/"),
    ("a", "\"v\"", "/"), ("a", "v,w", "/"), ("a", "é", "/"), ("a", "\u{0}", "/"), ("a", "v", ""),
    ("a", "v", "x"), ("a", "v", "/;Domain=x"), ("a", "v", "/\n"),
  ])
  func `a cookie that could be read as something else is refused`(
    name: String, value: String, path: String
  ) {
    #expect(SetCookie(name: name, value: value, path: path, isSecure: true) == nil)
  }
}

struct AcceptLanguageTests {
  @Test(arguments: [
    (nil, "zh-CN"), ("", "zh-CN"), ("en", "en"), ("EN-us", "en"), ("zh", "zh-CN"),
    ("zh-TW", "zh-CN"),
    ("fr", "zh-CN"), ("fr, en;q=0.1", "en"), ("en;q=0.5, zh-CN;q=0.9", "zh-CN"),
    ("en-US,en;q=0.9,zh-CN;q=0.8", "en"), ("zh-CN;q=0, en;q=0.001", "en"), ("en;q=0", "zh-CN"),
    ("*", "zh-CN"), ("zh;q=0, *", "en"), ("en;q=1.000, zh;q=0.999", "en"),
    ("en, zh", "zh-CN"), ("en;q=2", "zh-CN"), ("en;q=x, ;;,", "zh-CN"), ("en;q=0.1234", "zh-CN"),
    ("en ; q = 0.5", "en"),
  ])
  func `the language the client wants most is chosen`(header: String?, choice: String) {
    #expect(AcceptLanguage(header).choose(among: ["zh-CN", "en"]) == choice)
  }
}

struct RedirectTests {
  @Test func `an address of a redirect fits into the web server's buffer`() {
    func location(_ address: String) -> String? {
      Response.redirect(to: address).headers[.location]
    }
    let most = Response.locationBytesMax
    let fits = "/login?next=" + String(repeating: "x", count: most - 12)
    #expect(location(fits) == fits)
    #expect(location(fits + "x") == "/login")
    #expect(location("/" + String(repeating: "x", count: most)) == "/")
  }
}
