import HTTP
import Logging
import Testing
import Threads

struct LogTests {
  @Test func `one line tells of a request, without query values and bodies`() throws {
    let lines = Monitor<[String]>([])
    let logger = Logger(label: "test") { _ in LineKeeper(lines: lines) }
    try withPool(logger: logger) { path in
      let request = Record.request(
        "POST", "/a%0Ab?token=hidden", body: Array("hidden".utf8),
        variables: ["REQUEST_ID": ["id-of-the-request"]])
      try #expect(ask(path, request)?.status == 200)
    }
    let kept = lines.withLock { $0 }
    #expect(kept.count == 1)
    let line = try #require(kept.first)
    for part in [
      "info request", "request_id=id-of-the-request", "method=POST", "path=/a?b", "status=200",
      "duration_ms=", "pool=test",
    ] {
      #expect(line.contains(part))
    }
    #expect(!line.contains("hidden"))
  }
}

/// Keeps what is logged at `info` and above.
struct LineKeeper: LogHandler {
  let lines: Monitor<[String]>
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let pairs = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
    lines.withLock {
      $0.append("\(event.level) \(event.message) \(pairs.joined(separator: " "))")
    }
  }
}
