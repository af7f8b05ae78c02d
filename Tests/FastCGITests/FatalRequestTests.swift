import Testing

@testable import FastCGI

@Suite struct FatalRequestTests {
  static let trace = RequestTrace(
    address: "203.0.113.7", method: "GET", path: "/coin/orders", bodyBytes: 0)
  static let now: Int64 = 1_800_000_000

  static func fatal(_ isFatal: Bool = true, at seconds: Int64 = now, times: Int = 1)
    -> FatalRequests
  {
    var requests = FatalRequests()
    for _ in 0..<times { requests.add([.init(trace: trace, isFatal: isFatal)], at: seconds) }
    return requests
  }

  @Test func `a request that ended the process is refused for a while`() {
    let requests = Self.fatal()
    let end = Self.now + FatalRequests.refusalSeconds
    #expect(requests.refuses(Self.trace, at: Self.now, matchesSize: false))
    #expect(requests.refuses(Self.trace, at: end - 1, matchesSize: false))
    #expect(!requests.refuses(Self.trace, at: end, matchesSize: false))
    #expect(!requests.refuses(Self.trace, at: Self.now - 1, matchesSize: false))
  }

  @Test func `other addresses and paths are answered`() {
    let requests = Self.fatal()
    for other in [
      RequestTrace(address: "203.0.113.8", method: "GET", path: "/coin/orders", bodyBytes: 0),
      RequestTrace(address: "203.0.113.7", method: "GET", path: "/coin", bodyBytes: 0),
    ] {
      #expect(!requests.refuses(other, at: Self.now, matchesSize: false))
    }
  }

  @Test func `a notification of another size is another one`() {
    let other = RequestTrace(
      address: "203.0.113.7", method: "POST", path: "/coin/orders", bodyBytes: 7)
    #expect(Self.fatal().refuses(other, at: Self.now, matchesSize: false))
    #expect(!Self.fatal().refuses(other, at: Self.now, matchesSize: true))
  }

  @Test func `who was there once is not to blame, who was there twice is`() {
    #expect(!Self.fatal(false).refuses(Self.trace, at: Self.now, matchesSize: false))
    #expect(Self.fatal(false, times: 2).refuses(Self.trace, at: Self.now, matchesSize: false))
    #expect(Self.fatal(false, times: 2).count(Self.trace) == 2)
  }

  @Test func `what is remembered is written and read back, and bounded`() {
    let requests = Self.fatal(times: FatalRequests.recordsMax + 5)
    #expect(requests.records.count == FatalRequests.recordsMax)
    #expect(FatalRequests(requests.text) == requests)
    #expect(FatalRequests("odd\n-1 fatal 0 a b c\n\u{0}\n9 fatal x a b c\n").records.isEmpty)
    var later = requests
    later.add([], at: Self.now + FatalRequests.memorySeconds)
    #expect(later.records.isEmpty)
  }

  @Test func `no path ends a line of the log or of the file`() {
    let trace = RequestTrace(
      address: "a b", method: "G\n", path: "/金\n9 fatal" + String(repeating: "x", count: 9_999),
      bodyBytes: .min)
    var requests = FatalRequests()
    requests.add([.init(trace: trace, isFatal: true)], at: Self.now)
    #expect(requests.text.split(separator: "\n").count == 1)
    #expect(FatalRequests(requests.text) == requests)
  }

  @Test func `the board keeps what was under way`() throws {
    let folder = TestFolder()
    let path = folder.socketPath
    let first = try #require(RequestBoard.open(path, places: 2))
    #expect(first.remnants.isEmpty)
    let one = first.board.takePlace()
    let two = first.board.takePlace()
    let isFull = first.board.takePlace() == nil
    #expect(isFull)
    one?.note(Self.trace)
    two?.note(Self.trace)
    two?.clear()
    let second = try #require(RequestBoard.open(path, places: 3))
    #expect(second.remnants == [.init(trace: Self.trace, isFatal: false)])
    #expect(try #require(RequestBoard.open(path, places: 1)).remnants.isEmpty)
  }
}
