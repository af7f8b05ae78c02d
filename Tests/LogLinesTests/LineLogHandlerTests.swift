import FoundationEssentials
import LogLines
import Logging
import Synchronization
import Testing
import Vocabulary

struct LineLogHandlerTests {
  @Test func `a line tells moment, level, message and fields by name`() {
    let lines = Lines()
    lines.logger().write(
      .notice, "a refund moved on", [.user: "7", .orderNumber: "COIN_20260131_12345678"])
    #expect(
      lines.all == [
        Line(
          .notice,
          "2026-01-31T00:00:00Z notice a refund moved on order_no=COIN_20260131_12345678 user=7")
      ])
  }

  @Test(arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
  func `each level has its priority for the journal`(_ level: Logger.Level, _ priority: Int) {
    let lines = Lines()
    lines.logger(level: .trace).write(level, "something")
    #expect(lines.all.map(\.priority.rawValue) == [priority])
    #expect(lines.all.map(\.priority.prefix) == ["<\(priority)>"])
  }

  @Test(arguments: Logger.Level.allCases)
  func `lines below the level are not written`(_ level: Logger.Level) {
    let lines = Lines()
    let logger = lines.logger(level: level)
    for each in Logger.Level.allCases { logger.write(each, "something") }
    #expect(lines.all.count == Logger.Level.allCases.filter { $0 >= level }.count)
  }

  @Test(arguments: LineLogHandler.Format.allCases)
  func `nothing from outside can begin a line or move a cursor`(_ format: LineLogHandler.Format) {
    let lines = Lines()
    lines.logger(format).write(
      .error, "a\n<2>forged", [.cause: "b\r\n\u{1B}[2J\u{7F}\u{85}\u{2028}\u{202E}c"])
    let line = lines.all.first?.text ?? ""
    #expect(lines.all.count == 1)
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
    #expect(line.contains("a <2>forged") && line.contains("b   [2J    c"))
  }

  @Test func `a value cannot pass for further fields`() {
    let lines = Lines()
    lines.logger().write(.info, "x", [.cause: #"b user=1" outcome="c\"#, .reason: ""])
    #expect(
      lines.all.first?.text.hasSuffix(#" cause="b user=1\" outcome=\"c\\" reason="""#) == true)
  }

  @Test(arguments: LineLogHandler.Format.allCases)
  func `an anchor is written as it is, whatever its numbers look like`(
    _ format: LineLogHandler.Format
  ) {
    let lines = Lines()
    // A moment that could be the number of a card.
    let word = "v1:4242424242424242:entries=7.7.c0ffee:actions=0.0.-:c0ffee"
    lines.logger(format).write(.notice, "x", [.anchor: "\(word)", .cause: "\(word)"])
    let line = lines.all.first?.text ?? ""
    #expect(line.contains(word) && line.contains("v1:***4242:entries"))
  }

  @Test func `a mark above a quote does not hide the quote`() {
    let lines = Lines()
    lines.logger().write(.info, "x", [.cause: "b\"\u{301} user=1"])
    #expect(lines.all.first?.text.hasSuffix(" cause=\"b\\\"\u{301} user=1\"") == true)
  }

  @Test func `as JSON every line is an object whose own members nothing replaces`() throws {
    let lines = Lines()
    var logger = lines.logger(.json)
    logger[metadataKey: "level"] = "forged"
    logger.write(.warning, "说 \"hi\"", [.user: "7", .path: "/a/b"])
    let data = Data(try #require(lines.all.first).text.utf8)
    let object = try JSONDecoder().decode([String: String].self, from: data)
    #expect(
      object == [
        "time": "2026-01-31T00:00:00Z", "level": "warning", "message": "说 \"hi\"", "user": "7",
        "path": "/a/b",
      ])
  }

  @Test(arguments: LineLogHandler.Format.allCases)
  func `messages and values are masked and bounded`(_ format: LineLogHandler.Format) {
    let lines = Lines()
    lines.logger(format).write(
      .info, "for li@mail.example", [.cause: "card 4242424242424242", .error: "\(long("x"))"])
    let line = lines.all.first?.text ?? ""
    #expect(!line.contains("li@") && !line.contains("424242424242"))
    #expect(line.contains(long("x").prefix(LineLogHandler.textCharactersMax)))
    #expect(!line.contains(long("x")))
  }

  @Test func `the request on whose behalf a thread works is named`() {
    let lines = Lines()
    CallScope.$requestID.withValue("id-1") {
      lines.logger().write(.info, "x")
      lines.logger().write(.info, "x", [.requestID: "id-2"])
    }
    lines.logger().write(.info, "x")
    #expect(
      lines.all.map { $0.text.contains("request_id=id-1") } == [true, false, false])
    #expect(lines.all[1].text.contains("request_id=id-2"))
  }

  private func long(_ text: String) -> String {
    String(repeating: text, count: LineLogHandler.textCharactersMax + 1)
  }
}

struct JournalStreamTests {
  @Test(arguments: [
    ("9:123", true), ("9:124", false), ("8:123", false), ("", false), ("9", false), ("9:", false),
    ("9:123:1", false), ("x:123", false),
  ])
  func `only the stream that the variable names is the journal`(_ variable: String, _ isIt: Bool) {
    #expect(JournalStream.isMeant(by: variable, device: 9, inode: 123) == isIt)
  }

  @Test func `without the variable nothing is the journal`() {
    #expect(!JournalStream.isMeant(by: nil, device: 9, inode: 123))
  }
}

struct LogFieldTests {
  @Test func `names are one spelling`() {
    for field in LogField.allCases {
      #expect(field.rawValue.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) })
    }
    // The handler's own.
    #expect(
      !LogField.allCases.map(\.rawValue).contains { ["time", "level", "message"].contains($0) })
  }
}

/// A line that was written.
private struct Line: Equatable {
  let priority: Priority
  let text: String

  init(_ priority: Priority, _ text: String) {
    self.priority = priority
    self.text = text
  }
}

/// Keeps what a handler writes.
private final class Lines: Sendable {
  private let kept = Mutex<[Line]>([])

  var all: [Line] { kept.withLock { $0 } }

  func logger(_ format: LineLogHandler.Format = .text, level: Logger.Level = .info) -> Logger {
    Logger(label: "test") { _ in
      LineLogHandler(
        format: format, level: level, clock: WallClock { Timestamp(unixSeconds: 1_769_817_600) }
      ) { priority, line in self.kept.withLock { $0.append(Line(priority, line)) } }
    }
  }
}
