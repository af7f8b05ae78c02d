import HTTP
import Testing

@Suite struct JSONMembersTests {
  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }

  private func isRead(_ text: String) -> Bool {
    JSON.decode(Anything.self, from: Array(text.utf8), depthLevelsMax: 8) != nil
  }

  @Test(arguments: [
    #"{}"#, #"[]"#, #"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}"#, #"{"a":"a","b":"\"a\":"}"#,
    #"{"a":"{\"a\":1}","b":"\\"}"#,
  ])
  func `members with names of their own are fine`(text: String) {
    #expect(isRead(text))
  }

  @Test(arguments: [
    #"{"a":1,"a":1}"#, #"{"b":{"a":1,"c":[],"a":2}}"#, #"[{"a":{},"a":{}}]"#, #"{"":1,"":2}"#,
    #"{"a":1,"\u0061":2}"#,
  ])
  func `an object with a member that stands twice is not read`(text: String) {
    #expect(!isRead(text))
  }
}
