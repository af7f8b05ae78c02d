import Testing
import Vocabulary

@Suite struct ProviderTimeTests {
  static let moment = Timestamp(unixSeconds: 1_767_294_245)

  @Test func `one moment in every form of the providers`() {
    #expect(Timestamp(beijing: "2026-01-02 03:04:05") == Self.moment)
    #expect(Timestamp(compactBeijing: "20260102030405") == Self.moment)
    #expect(Timestamp(rfc3339: "2026-01-02T03:04:05+08:00") == Self.moment)
    #expect(Timestamp(rfc3339: "2026-01-01T19:04:05Z") == Self.moment)
    #expect(Timestamp(rfc3339: "2026-01-01T14:04:05-05:00") == Self.moment)
    #expect(Timestamp(httpDate: "Thu, 01 Jan 2026 19:04:05 GMT") == Self.moment)
    #expect(Self.moment.beijing == "2026-01-02 03:04:05")
    #expect(Self.moment.compactBeijing == "20260102030405")
  }

  @Test(arguments: [
    "", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02 03:04:05", "2026-01-02 24:04:05",
    "2026-01-02 03:60:05", "1026-01-02 03:04:05", "２026-01-02 03:04:05", "2026-01-02 03:04:05 ",
    "20260102030405x", "2026-01-02T03:04:05+8:00", "2026-01-02T03:04:05+24:00",
  ])
  func `what is no moment is refused`(text: String) {
    #expect(Timestamp(beijing: text) == nil)
    #expect(Timestamp(compactBeijing: text) == nil)
    #expect(Timestamp(rfc3339: text) == nil)
    #expect(Timestamp(httpDate: text) == nil)
  }
}
