import Testing
import Vocabulary

@testable import Service

/// What the lines of the journal become.
struct JournalLookTests {
  private static let account = "997"

  /// A line as journalctl prints it.
  private static func entry(
    _ message: String, cursor: Int = 1, unit: String? = "coinpay@blue.service",
    account: String = "0"
  ) -> String {
    let unit = unit.map { #","_SYSTEMD_UNIT":"\#($0)""# } ?? ""
    return #"{"__CURSOR":"s=1;i=\#(cursor)","_UID":"\#(account)"\#(unit),"MESSAGE":\#(message)}"#
  }

  private func look(after told: String? = nil, _ lines: [String]) -> JournalLook {
    var look = JournalLook(after: told, account: Self.account)
    for line in lines { look.add(Array(line.utf8)) }
    return look
  }

  private static let head = "2026-01-31T00:00:00.5Z critical "

  struct Row: Sendable {
    let message: String
    let subject: String
    var text: String?
  }

  static let rows = [
    Row(message: #""\#(head)money is missing""#, subject: "money is missing"),
    Row(
      message: #""\#(head)money is missing event_id=1 provider=STRIPE""#,
      subject: "money is missing", text: "\(head)money is missing event_id=1 provider=STRIPE"),
    Row(message: #""\#(head)2 = 1 + 1, x = y""#, subject: "2 = 1 + 1, x = y"),
    Row(message: #""no head at all user=7""#, subject: "no head at all"),
    Row(message: #""\#(head)金币少了 💥 user=7""#, subject: "金币少了 💥"),
    Row(
      message:
        #""{\"level\":\"critical\",\"message\":\"money is \\\"missing\\\"\",\"user\":\"7\"}""#,
      subject: #"money is "missing""#,
      text: #"{"level":"critical","message":"money is \"missing\"","user":"7"}"#),
    Row(message: #""{\"message\":\"two\\nlines\"}""#, subject: "two lines"),
    Row(message: #""{\"message\":\"cut off""#, subject: #"{"message":"cut off"#),
    Row(
      message: #""{\"message\":\"a\",\"message\":\"b\"}""#,
      subject: #"{"message":"a","message":"b"}"#),
    Row(message: #""two\nlines\rand more""#, subject: "two lines and more"),
    Row(message: #""a]b $(touch /x) `id` [$x] \\ \"""#, subject: #"a]b $(touch /x) `id` [$x] \ ""#),
    Row(message: #""\u001b[31mred""#, subject: " [31mred"),
    Row(message: "[109,195,40,10]", subject: "m\u{FFFD}( "),
    Row(message: #"["first","second"]"#, subject: "first second"),
    Row(message: #"["first",[115]]"#, subject: "first s"),
    Row(message: #""__CURSOR=s=1;i=1""#, subject: "__CURSOR=s=1;i=1"),
    Row(message: #""\"MESSAGE\":\"""#, subject: #""MESSAGE":""#),
  ]

  @Test(arguments: rows)
  func `a line of ours is an alarm of its message`(row: Row) {
    let alarms = look([Self.entry(row.message)]).alarms
    #expect(alarms.map(\.subject) == [row.subject] && alarms.map(\.key) == [row.subject])
    if let text = row.text { #expect(alarms.first?.text == text) }
  }

  @Test(arguments: [
    #""""#, #"" \t ""#, #""\#(head)""#, #""2026-01-31T00:00:00Z critical""#, #""\#(head) user=7""#,
    #""{\"message\":\"\"}""#, "null", "[]", "{}", "7", "[[[[[[[1]]]]]]]", #""\u0000""#,
  ])
  func `a line that says nothing is told as such`(message: String) {
    let look = look([
      Self.entry(message), Self.entry(#""\#(Self.head)money is missing""#, cursor: 2),
    ])
    #expect(look.alarms.map(\.subject) == [JournalLook.unreadable, "money is missing"])
    #expect(look.cursor == "s=1;i=2")
  }

  @Test(arguments: [
    "nonsense", "{", #"{"__CURSOR":7,"MESSAGE":"x"}"#, #"{"MESSAGE":"x"}"#, "[]", "\u{0}",
    #"{"__CURSOR":"a","__CURSOR":"b","MESSAGE":"x"}"#, #"{"__CURSOR":"a","MESSAGE":"cut o"#,
  ])
  func `what is no entry stops none of the next`(line: String) {
    let look = look([line, Self.entry(#""\#(Self.head)money is missing""#, cursor: 2), line])
    #expect(look.alarms.contains { $0.subject == "money is missing" })
    #expect(look.cursor == "s=1;i=2")
  }

  @Test func `an empty line is nothing`() {
    #expect(look(["", " ", "\r"]).alarms.isEmpty && look([]).cursor == nil)
  }

  @Test(
    arguments: [
      (nil, "1000", false), ("ssh.service", "1000", false), ("cron.service", "0", false),
      ("user@1000.service", "1000", false), ("evil-coinpay@blue.service", "0", false),
      ("coinpay@blue.service", "997", true), ("coinpay-task@verify.service", "0", true),
      ("run-u17.service", "997", true), (nil, "997", true), (nil, "9970", false),
    ] as [(String?, String, Bool)])
  func `only units of ours and our account are heard`(unit: String?, account: String, isHeard: Bool)
  {
    let look = look([Self.entry(#""made up""#, unit: unit, account: account)])
    #expect(look.alarms.isEmpty != isHeard)
    // What is not heard is passed all the same.
    #expect(look.cursor == "s=1;i=1")
  }

  @Test func `an entry without a message is passed`() {
    let look = look([#"{"__CURSOR":"s=9","_SYSTEMD_UNIT":"coinpay@blue.service"}"#])
    #expect(look.alarms.isEmpty && look.cursor == "s=9")
  }

  @Test func `the last entry of the look before is not told again, nor one that comes twice`() {
    let lines = [1, 2, 2, 3].map { Self.entry(#""\#(Self.head)many event_id=\#($0)""#, cursor: $0) }
    let look = look(after: "s=1;i=1", lines)
    #expect(look.alarms.map(\.count) == [2] && look.cursor == "s=1;i=3")
    #expect(look.alarms.first?.text.split(separator: "\n").map { $0.suffix(1) } == ["2", "3"])
  }

  @Test func `each message is an alarm of its own, in the order of their first lines`() {
    let messages = ["b x=1", "a", "b x=2", "a", "b x=3"]
    let lines = messages.enumerated().map {
      Self.entry(#""\#(Self.head)\#($0.element)""#, cursor: $0.offset)
    }
    let alarms = look(lines).alarms
    #expect(alarms.map(\.subject) == ["b", "a"] && alarms.map(\.count) == [3, 2])
    #expect(alarms.first?.text.split(separator: "\n").count == 3)
  }

  @Test func `a flood of long lines is counted and stays bounded`() {
    let long = String(repeating: "x", count: 20_000)
    let lines = (1...1_000).map { Self.entry(#""\#(Self.head)many text=\#(long)""#, cursor: $0) }
    let alarm = look(lines).alarms.first
    #expect(alarm?.count == 1_000 && alarm?.subject == "many")
    #expect((alarm?.text.utf8.count ?? 0) <= Alarm.textLimit.max)
  }

  @Test func `a text of a megabyte is told, cut`() {
    let text = String(repeating: "金", count: 350_000)
    let bytes = [UInt8](repeating: 0x01, count: 1 << 20).map { "\($0)" }.joined(separator: ",")
    let alarms = look([
      Self.entry(#""\#(Self.head)\#(text)""#, cursor: 1), Self.entry("[\(bytes)]", cursor: 2),
    ]).alarms
    #expect(alarms.count == 2)
    #expect(alarms.allSatisfy { $0.subject.utf8.count <= 250 && $0.text.utf8.count <= 16_384 })
    #expect(alarms.last?.subject == JournalLook.unreadable)
  }

  @Test func `a first look only finds out where it begins`() {
    var look = JournalLook(after: nil, account: Self.account)
    look.pass(Array(Self.entry(#""old news""#).utf8))
    #expect(look.alarms.isEmpty && look.cursor == "s=1;i=1")
  }
}

struct LineCutterTests {
  @Test(arguments: [
    (["one\ntw", "o\n", "\nrest"], ["one", "two", "", "rest"]), ([], []), (["", "\n"], [""]),
    (["longer than it may be\nnext\n"], ["longer tha", "next"]),
    (["0123456789", "0123456789", "\nnext"], ["0123456789", "next"]),
  ])
  func `lines are cut whatever the parts are`(parts: [String], lines: [String]) {
    var cutter = LineCutter(bytesMax: 10)
    var got: [String] = []
    for part in parts {
      cutter.add(Array(part.utf8)) { got.append(String(decoding: $0, as: UTF8.self)) }
    }
    cutter.finish { got.append(String(decoding: $0, as: UTF8.self)) }
    #expect(got == lines)
  }
}
