import Testing
import Vocabulary

@testable import Service

/// What is told when, from what is remembered and the clock.
struct AlarmRuleTests {
  private static let now: Int64 = 1_800_000_000
  private static let hour: Int64 = 3_600
  private let rule = AlarmRule(repeatSeconds: hour)

  private static func memory(
    _ secondsAgo: Int64, held: Int = 0, text: String = ""
  ) -> AlarmMemory {
    AlarmMemory(toldAt: now - secondsAgo, held: held, subject: "money is missing", text: text)
  }

  struct Row: Sendable {
    let what: String
    var memory: AlarmMemory?
    var count = 1
    var isFull = false
    /// nil: held back.
    let subject: String?
    var held = 0
    var text = "new"
  }

  static let rows = [
    Row(what: "never told", memory: nil, subject: "money is missing"),
    Row(
      what: "three at once", memory: nil, count: 3,
      subject: "money is missing (2 more since the last message)"),
    Row(what: "a second ago", memory: memory(1), subject: nil, held: 1),
    Row(what: "just now", memory: memory(0), subject: nil, held: 1),
    Row(
      what: "held back before", memory: memory(5, held: 2, text: "old"), subject: nil, held: 3,
      text: "old\nnew"),
    Row(what: "a second before its time", memory: memory(hour - 1), subject: nil, held: 1),
    Row(what: "its time is over", memory: memory(hour), subject: "money is missing"),
    Row(
      what: "its time is over, with what was held back", memory: memory(hour, held: 2, text: "old"),
      subject: "money is missing (2 more since the last message)", text: "old\nnew"),
    Row(what: "the clock was ahead", memory: memory(-hour), subject: "money is missing"),
    Row(what: "the outbox is full", memory: nil, isFull: true, subject: nil, held: 1),
    Row(
      what: "the outbox is full, its time is over", memory: memory(hour, held: 1, text: "old"),
      isFull: true, subject: nil, held: 2, text: "old\nnew"),
    Row(
      what: "a flood", memory: memory(5, held: AlarmMemory.heldMax - 1), count: .max, subject: nil,
      held: AlarmMemory.heldMax),
    Row(
      what: "long ago beyond any clock",
      memory: AlarmMemory(toldAt: .min, held: 0, subject: "", text: ""),
      subject: "money is missing"),
  ]

  @Test(arguments: rows)
  func `an alarm is told once in a while and counted meanwhile`(row: Row) {
    let alarm = Alarm(
      key: "money is missing", subject: "money is missing", text: "new", count: row.count)
    let verdict = rule.verdict(on: alarm, row.memory, now: Self.now, isFull: row.isFull)
    #expect(verdict.message?.subject == row.subject, "\(row.what)")
    #expect(verdict.memory.held == row.held, "\(row.what)")
    #expect((verdict.message?.text ?? verdict.memory.text) == row.text, "\(row.what)")
    // What is held back keeps the moment of the last message.
    let toldAt = row.subject == nil ? row.memory?.toldAt ?? 0 : Self.now
    #expect(verdict.memory.toldAt == toldAt, "\(row.what)")
  }

  @Test(arguments: [
    (
      memory(hour, held: 2, text: "a\nb"), false, "money is missing (2 more since the last message)"
    ),
    (memory(-hour, held: 1), false, "money is missing (1 more since the last message)"),
    (memory(hour - 1, held: 2), false, nil), (memory(hour), false, nil),
    (memory(hour, held: 2), true, nil),
  ])
  func `what is held back is told when its time is over`(
    memory: AlarmMemory, isFull: Bool, subject: String?
  ) {
    let name = Alarm.fileName(ofKey: memory.subject)
    let verdict = rule.verdict(onHeld: memory, of: name, now: Self.now, isFull: isFull)
    #expect(verdict?.message?.subject == subject)
    if let verdict {
      #expect(verdict.message?.key == "money is missing" && verdict.message?.text == memory.text)
      #expect(verdict.memory.held == 0 && verdict.memory.toldAt == Self.now)
      let other = rule.verdict(onHeld: memory, of: "a-unit", now: Self.now, isFull: isFull)
      #expect(other?.message?.key == "a-unit")
    }
  }

  @Test func `a text that is too long is cut between characters`() {
    let limit = Alarm.textLimit
    let alarm = Alarm(key: "k", subject: "s", text: String(repeating: "金币", count: 200_000))
    #expect((limit.max - 3...limit.max).contains(alarm.text.utf8.count))
    let held = AlarmMemory(toldAt: Self.now, held: 1, subject: "s", text: alarm.text)
    let verdict = rule.verdict(on: alarm, held, now: Self.now, isFull: false)
    #expect(verdict.memory.text.utf8.count <= limit.max && verdict.memory.held == 2)
  }

  @Test(arguments: [
    memory(0), memory(5, held: 3, text: "one\ntwo"),
    memory(5, held: 1, text: "金币 💥\n\n behind an empty line"),
    AlarmMemory(toldAt: -1, held: 0, subject: "", text: ""),
  ])
  func `a memory is what its file says`(memory: AlarmMemory) {
    #expect(AlarmMemory(file: memory.file) == memory)
  }

  @Test(arguments: [
    "", "\n", "1800000000", "x y\nsubject\n", "1800000000 0 0\n", "99999999999999999999 0\n",
    "1800000000 99999999999999999999\n", "\u{FFFD}\u{FFFD}",
  ])
  func `a file that says nothing is no memory, so that the alarm is told`(file: String) {
    #expect(AlarmMemory(file: file) == nil)
  }

  @Test(arguments: [
    ("1800000000 2", 2, "", ""), ("1800000000 2\nsub", 2, "sub", ""), ("5 -7\ns\nt", 0, "s", "t"),
  ])
  func `of a file that was cut the rest counts`(
    file: String, held: Int, subject: String, text: String
  ) {
    let memory = AlarmMemory(file: file)
    #expect(memory?.held == held && memory?.subject == subject && memory?.text == text)
  }
}

/// What an alarm is called.
struct AlarmNameTests {
  @Test(arguments: ["coinpay@blue.service", "coinpay-task@verify.service", "a_b-C.9"])
  func `a plain key is the name of its file`(key: String) {
    #expect(Alarm.fileName(ofKey: key) == key)
  }

  @Test(arguments: [
    "", ".", "..", "../../etc/passwd", "a/b", "money is missing", "a.new", "金币少了", "nul\u{0}",
    String(repeating: "x", count: 1_000), String(repeating: "💥", count: 1_000),
  ])
  func `any other key gives a name that no other key has`(key: String) {
    let name = Alarm.fileName(ofKey: key)
    #expect(name.utf8.count <= 150 && !name.contains("/") && !name.hasPrefix("."))
    #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && name != key)
    #expect(Alarm.fileName(ofKey: key + "x") != name && Alarm.fileName(ofKey: name) == name)
  }

  @Test func `messages of one length in Chinese are not the same alarm`() {
    #expect(Alarm.fileName(ofKey: "金币少了") != Alarm.fileName(ofKey: "金币多了"))
  }

  @Test(arguments: [
    ("a\nBcc: x@y.example", "a Bcc: x@y.example"), ("a\r\nb", "a  b"), ("\u{1B}[31m", " [31m"),
    ("\u{85}", " "), ("金币", "金币"),
  ])
  func `a subject is one line`(text: String, line: String) {
    #expect(Alarm(key: text, subject: text, text: "").subject == line)
  }
}
