import HTTP
import Testing

@Suite struct JSONMemberTests {
  private struct Value: Decodable {
    let a: Int?
  }

  static func isRead(_ text: String) -> Bool {
    JSON.decode(Value.self, from: Array(text.utf8), depthLevelsMax: 8) != nil
  }

  @Test(arguments: [
    #"{"a":1}"#, #"{"a":1,"b":{"a":2}}"#, #"{"b":[{"a":1},{"a":2}],"a":1}"#,
    #"{"b":"\"a\":1","a":1}"#, #"{"b":"a","c":"a","a" : 1}"#, #"{"x":{"y":1},"y":{"x":1}}"#,
  ])
  func `a name may occur once in each object`(text: String) { #expect(Self.isRead(text)) }

  @Test(arguments: [
    #"{"a":1,"a":2}"#, #"{"a":1, "a" : 1}"#, #"{"b":{"c":1,"c":2},"a":1}"#,
    #"{"b":[{"c":1,"c":2}]}"#, #"{"a":1,"\u0061":2}"#, "\u{FEFF}{\"a\":1}",
  ])
  func `a name that occurs twice is refused`(text: String) { #expect(!Self.isRead(text)) }

  @Test(arguments: [#"{"a"#, #"{"a\"#, "{", "\"", "", "}", "]]", #"{"a":1}}"#, #"[{"#])
  func `broken text ends without harm`(text: String) { #expect(!Self.isRead(text)) }
}
