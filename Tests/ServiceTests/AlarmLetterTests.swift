import FoundationEssentials
import HTTPSClient
import Testing

@testable import Service

/// What an alarm looks like on its way.
struct AlarmLetterTests {
  private static func letter(
    to target: String = "ops@shop.example", _ subject: String = "money is missing",
    text: String = "a line"
  ) -> AlarmLetter {
    AlarmLetter(to: target, AlarmRule.Message(key: "key", subject: subject, text: text))
  }

  @Test(arguments: ["", "one", "one\n\ntwo", "金币 💥", "tab\tand \u{202E}turn"])
  func `a letter is what its file says`(text: String) {
    let letter = Self.letter(text: text)
    #expect(AlarmLetter(file: letter.file) == letter)
  }

  @Test(arguments: ["", "\n", "\nkey\nsubject\ntext", "ops@shop.exa"])
  func `a file without a whole target is no letter`(file: String) {
    #expect(AlarmLetter(file: file) == nil)
  }

  @Test(arguments: ["ops@shop.example\n", "ops@shop.example\nke", "ops@shop.example\nkey\nmoney i"])
  func `of a file that was cut it is told that there was one`(file: String) {
    let letter = AlarmLetter(file: file)
    #expect(letter?.target == "ops@shop.example" && letter?.message.subject == AlarmLetter.lost)
  }

  struct Body: Decodable, Equatable {
    let host: String
    let alarm: String
    let subject: String
    let text: String
  }

  @Test(arguments: [
    "plain", #"quotes " and \ and /"#, "金币 💥 \u{202E}", "\u{1}\u{7F}\u{2028}", "a\nb\tc\r", "",
  ])
  func `a post is JSON that says exactly what there is to say`(text: String) throws {
    let json = Self.letter(text, text: text).json(host: "shop")
    let body = try JSONDecoder().decode(Body.self, from: Data(json))
    #expect(body == Body(host: "shop", alarm: "key", subject: text, text: text))
    #expect(!json.contains { $0 < 0x20 })
  }

  @Test func `a mail has a head, an empty line and the text`() {
    let mail = String(decoding: Self.letter(text: "one\n\ntwo").mail(host: "shop"), as: UTF8.self)
    #expect(
      mail == """
        To: ops@shop.example
        Subject: [CoinPay shop] money is missing
        Content-Type: text/plain; charset=utf-8

        one

        two

        """)
  }

  @Test func `no text becomes a line of the head of a mail`() {
    let letter = Self.letter(to: "ops@shop.example\r\nBcc: a@b.c", "x\nBcc: a@b.c\r\n\r\nbody")
    let head = String(decoding: letter.mail(host: "shop"), as: UTF8.self).split(separator: "\n\n")[
      0]
    #expect(head.split(separator: "\n").map { $0.prefix(3) } == ["To:", "Sub", "Con"])
  }

  @Test(arguments: ["x", "金", "💥", "e\u{301}"])
  func `a mail has no line that is too long for a mail server`(character: String) {
    let text = "first\r\n" + String(repeating: character, count: 4_000) + "\nlast"
    let mail = Self.letter(text: text).mail(host: "shop")
    let lines = mail.split(separator: 0x0A, omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 998 && String(validating: $0, as: UTF8.self) != nil })
    let body = String(decoding: lines.dropFirst(4).joined(), as: UTF8.self)
    #expect(body == text.split { $0 == "\n" }.joined().replacing("\r\n", with: "\r"))
  }

  // MARK: What came of it

  @Test(
    arguments: [
      (200, .taken), (204, .taken), (302, .taken), (400, .refused), (413, .refused),
      (422, .refused),
      (401, .unreachable), (404, .unreachable), (429, .unreachable), (500, .unreachable),
      (503, .unreachable),
    ] as [(Int, DeliveryRound.Outcome)])
  func `a status says whether the next one has a chance`(
    status: Int, outcome: DeliveryRound.Outcome
  ) {
    #expect(AlarmSender.outcome(ofStatus: status) == outcome)
  }

  @Test(
    arguments: [
      (.timedOut, .unreachable), (.connectionFailed(reason: ""), .unreachable),
      (.tlsFailed(reason: ""), .unreachable), (.connectionLost(reason: ""), .unreachable),
      (.invalidRequest(reason: ""), .unreachable), (.responseTooLarge, .taken),
    ] as [(TransportError, DeliveryRound.Outcome)])
  func `without an answer nothing was taken`(error: TransportError, outcome: DeliveryRound.Outcome)
  {
    #expect(AlarmSender.outcome(of: error) == outcome)
  }

  @Test(
    arguments: [
      (.exited(0), .taken), (.exited(65), .refused), (.exited(75), .unreachable),
      (.exited(1), .unreachable), (.ended(bySignal: 9), .unreachable), (.timedOut, .unreachable),
      (.notStarted(code: 2), .unreachable),
    ] as [(ChildProcess.End, DeliveryRound.Outcome)])
  func `the end of the mail program says what came of a mail`(
    end: ChildProcess.End, outcome: DeliveryRound.Outcome
  ) {
    #expect(AlarmSender.outcome(ofMail: end) == outcome)
  }

  // MARK: A round

  @Test func `a target that does not answer rests, one that refuses gets the next one`() {
    var round = DeliveryRound(targets: ["a", "b"])
    let (toA, toB, toNone) = (Self.letter(to: "a"), Self.letter(to: "b"), Self.letter(to: "c"))
    #expect(round.step(for: toA) == .send && round.step(for: toNone) == .drop)
    round.note(.taken, of: toA)
    #expect(!round.keepsSomething)
    round.note(.refused, of: toA)
    #expect(round.step(for: toA) == .send && round.keepsSomething)
    round.note(.unreachable, of: toA)
    #expect(round.step(for: toA) == .leave && round.step(for: toB) == .send)
  }
}

struct AlarmSettingsTests {
  @Test(arguments: [
    ("", []), (" , ,", []), ("a@b.c", ["a@b.c"]),
    ("a@b.c, https://x.example/?a=1  a@b.c", ["a@b.c", "https://x.example/?a=1"]),
  ])
  func `targets stand between commas or blanks, each once`(text: String, targets: [String]) {
    #expect(AlarmSettings(["COINPAY_ALARM_TO": text]).targets == targets)
  }

  @Test(
    arguments: [
      (nil, 3_600), ("", 3_600), ("60", 60), ("0", 0), ("-1", 3_600), ("1h", 3_600),
      ("99999999999999999999", 3_600),
    ] as [(String?, Int64)])
  func `a wrong number of seconds stops no alarm`(text: String?, seconds: Int64) {
    let variables = text.map { ["COINPAY_ALARM_REPEAT_SECONDS": $0] } ?? [:]
    #expect(AlarmSettings(variables).rule.repeatSeconds == seconds)
  }
}
