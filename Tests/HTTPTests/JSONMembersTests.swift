import HTTP
import Testing

@Suite struct JSONMembersTests {
  @Test(arguments: [
    #"{}"#, #"[]"#, #"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}"#, #"{"a":"a","b":"\"a\":"}"#,
    #"{"a":"{\"a\":1}","b":"\\"}"#, "", "\"",
  ])
  func `members with names of their own are fine`(text: String) {
    #expect(JSON.namesEachMemberOnce(Array(text.utf8)))
  }

  @Test(arguments: [
    #"{"a":1,"a":1}"#, #"{"b":{"a":1,"c":[],"a":2}}"#, #"[{"a":{},"a":{}}]"#, #"{"":1,"":2}"#,
    #"{"a":1,"\u0061":2}"#,
  ])
  func `a member that stands twice is seen`(text: String) {
    #expect(!JSON.namesEachMemberOnce(Array(text.utf8)))
  }
}
