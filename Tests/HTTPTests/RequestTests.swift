import HTTP
import HTTPTypes
import Testing

struct RequestTests {
  private struct Order: Decodable, Equatable {
    let price: Int
  }

  private func post(_ body: String, as type: String? = "application/json") -> Request {
    var request = Request(method: .post, body: Array(body.utf8))
    request.headers[.contentType] = type
    return request
  }

  @Test(arguments: [
    "application/json", "Application/JSON", "application/json; charset=utf-8",
    "application/json ;charset=utf-8",
  ])
  func `JSON is decoded`(type: String) throws {
    let order = try post(#"{"price":1}"#, as: type).decodeJSON(Order.self)
    #expect(order == Order(price: 1))
  }

  @Test(arguments: [
    nil, "", "text/plain", "application/jsonp", "application/x-www-form-urlencoded",
    "text/plain; application/json", "application / json",
  ])
  func `another content type is not JSON`(type: String?) {
    #expect(throws: BodyError.unsupportedMediaType) {
      try post(#"{"price":1}"#, as: type).decodeJSON(Order.self)
    }
  }

  @Test(arguments: [
    "", "{", "null", "[]", #"{"price":"1"}"#, #"{"price":1.5}"#, "{}",
    #"{"price":99999999999999999999}"#, #"{"price":1}x"#, "\u{0}",
  ])
  func `JSON that is broken or of another shape is malformed`(body: String) {
    #expect(throws: BodyError.malformed) { try post(body).decodeJSON(Order.self) }
  }

  private struct Reference: Decodable, Equatable {
    let outTradeNo: String?

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
    }
  }

  @Test func `a member has one spelling`() throws {
    func number(_ body: String) throws -> String? {
      try post(body).decodeJSON(Reference.self).outTradeNo
    }
    #expect(try number(#"{"outTradeNo":"b","out_trade_no":"a"}"#) == "a")
    #expect(try number(#"{"out_trade_no":"a","outTradeNo":"b"}"#) == "a")
    #expect(try number(#"{"outTradeNo":"b","OUT_TRADE_NO":"c","out__trade_no":"d"}"#) == nil)
  }

  @Test(arguments: [
    #"{"out_trade_no":"a","out_trade_no":"b"}"#, #"{"out_trade_no":"a","\u006fut_trade_no":"a"}"#,
    #"{"more":{"a":1,"a":1},"out_trade_no":"a"}"#, #"{"more":[[{"a":1},{"b":1,"\u0062":1}]]}"#,
    "{\"\u{212A}\":1,\"K\":2}",
  ])
  func `a body with a member that stands twice is malformed, however deep`(body: String) {
    #expect(throws: BodyError.malformed) { try post(body).decodeJSON(Reference.self) }
  }

  @Test func `bytes that are no UTF-8 are malformed`() {
    var request = post("")
    request.body = [0x22, 0xFF, 0x22]
    #expect(throws: BodyError.malformed) { try request.decodeJSON(String.self) }
  }

  @Test func `nesting is counted outside strings only, and bounded`() throws {
    let deep = String(repeating: "[", count: 1_000_000)
    #expect(throws: BodyError.malformed) { try post(deep).decodeJSON([Int].self) }
    let text = String(repeating: "[{", count: 100)
    #expect(try post("[\"\(text)\\\"\(text)\"]").decodeJSON([String].self).count == 1)
    let wide = "[" + [String](repeating: "[]", count: 1_000).joined(separator: ",") + "]"
    #expect(try post(wide).decodeJSON([[Int]].self).count == 1_000)
  }

  @Test func `a form is decoded only when it says that it is one`() throws {
    let type = "application/x-www-form-urlencoded"
    #expect(try post("a=1", as: type + "; charset=utf-8").decodeForm()["a"] == "1")
    #expect(throws: BodyError.unsupportedMediaType) { try post("a=1", as: nil).decodeForm() }
  }

  @Test func `a target is decoded once`() throws {
    let target = try #require(RequestTarget("/a%20b/%2541+c?q=%26+1&q=2&empty=&bare"))
    #expect(target.path == "/a b/%41+c")
    #expect(target.query["q"] == "& 1")
    #expect(target.query.all("q") == ["& 1", "2"])
    #expect(target.query["empty"] == "")
    #expect(target.query["bare"] == "")
    #expect(target.query["absent"] == nil)
    #expect(target.query.repeatedName == "q")
  }

  @Test(arguments: [
    "", "a", "?a=b", "*", "http://host/", "/%", "/%4", "/%4g", "/%00", "/%C3", "/%ED%A0%80",
    "/%C0%AF",
    "/?%", "/?a=%zz", "/?%00=1",
  ])
  func `a target that cannot be decoded is refused`(text: String) {
    #expect(RequestTarget(text) == nil)
  }

  @Test func `a query may have 256 parameters`() {
    let most = [String](repeating: "a=1", count: 256).joined(separator: "&")
    #expect(RequestTarget("/?" + most) != nil)
    #expect(RequestTarget("/?" + most + "&a=1") == nil)
  }
}
