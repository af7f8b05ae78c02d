import FoundationEssentials
import Glibc
import HTTPSClient
import Kit
import Synchronization
import Testing
import Threads
import Vocabulary

@testable import Service

/// The folder of the alarms, and what happens to it.
final class AlarmBoxTests {
  private static let now: Int64 = 1_800_000_000
  private let folder: String
  private let told = Mutex<[String]>([])

  init() throws {
    var pattern = Array("/tmp/coinpay-alarms-XXXXXX".utf8CString)
    _ = unsafe try #require(unsafe mkdtemp(&pattern))
    folder = String(
      decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func box(_ targets: [String] = ["ops@shop.example"]) throws -> AlarmBox {
    let box = AlarmBox(
      folder: folder, rule: AlarmRule(repeatSeconds: 3_600), targets: targets
    ) { [unowned self] subject in told.withLock { $0.append(subject) } }
    try box.prepare()
    return box
  }

  private var waiting: [String] { SmallFile.names(in: folder + "/outbox") }

  private func alarm(_ key: String = "money is missing") -> Alarm {
    Alarm(key: key, subject: key, text: "a line")
  }

  /// Delivers, and gives back the subjects that were taken.
  private func deliver(
    _ box: AlarmBox, _ outcome: (AlarmLetter) -> DeliveryRound.Outcome = { _ in .taken }
  ) -> (subjects: [String], isDone: Bool) {
    var subjects: [String] = []
    let isDone = box.deliver { letter in
      let outcome = outcome(letter)
      if outcome == .taken { subjects.append(letter.message.subject) }
      return outcome
    }
    return (subjects, isDone)
  }

  @Test func `a message waits for each target until it was taken`() throws {
    let box = try box(["a@shop.example", "b@shop.example"])
    #expect(try box.tell(alarm(), now: Self.now) && waiting.count == 2)
    #expect(deliver(box, { _ in .unreachable }) == ([], false) && waiting.count == 2)
    let half = deliver(box) { $0.target == "a@shop.example" ? .taken : .unreachable }
    #expect(half == (["money is missing"], false) && waiting.count == 1)
    #expect(deliver(box) == (["money is missing"], true) && waiting.isEmpty)
    #expect(deliver(box) == ([], true))
    #expect(told.withLock { $0 } == ["money is missing"])
  }

  @Test func `one that is refused is kept and stands in the way of none`() throws {
    let box = try box()
    for key in ["a", "odd", "b"] { _ = try box.tell(alarm(key), now: Self.now) }
    #expect(deliver(box, { $0.message.key == "odd" ? .refused : .taken }) == (["a", "b"], false))
    #expect(deliver(box) == (["odd"], true))
  }

  @Test func `a target that does not answer is asked once a round`() throws {
    let box = try box()
    for key in ["a", "b", "c"] { _ = try box.tell(alarm(key), now: Self.now) }
    var asked = 0
    _ = deliver(box) { _ in
      asked += 1
      return .unreachable
    }
    #expect(asked == 1)
    #expect(deliver(box).subjects == ["a", "b", "c"])
  }

  @Test func `an alarm comes again when its time is over, with what was held back`() throws {
    let box = try box()
    for second in 0..<3 { _ = try box.tell(alarm(), now: Self.now + Int64(second)) }
    #expect(deliver(box).subjects == ["money is missing"])
    try box.tellHeld(now: Self.now + 3_599)
    #expect(waiting.isEmpty)
    try box.tellHeld(now: Self.now + 3_600)
    #expect(deliver(box).subjects == ["money is missing (2 more since the last message)"])
    try box.tellHeld(now: Self.now + 9_999)
    #expect(waiting.isEmpty)
  }

  @Test func `nobody to tell is said, and the alarm stands in the log`() throws {
    let box = try box([])
    #expect(try box.tell(alarm(), now: Self.now) && waiting.isEmpty)
    #expect(told.withLock { $0 } == ["money is missing"])
  }

  @Test func `more than may wait is counted`() throws {
    let box = try box()
    for number in 0...AlarmBox.waitingMax { _ = try box.tell(alarm("a\(number)"), now: Self.now) }
    #expect(waiting.count == AlarmBox.waitingMax)
    _ = deliver(box)
    try box.tellHeld(now: Self.now)
    #expect(deliver(box).subjects == ["a\(AlarmBox.waitingMax) (1 more since the last message)"])
  }

  @Test(arguments: [
    "", "x", "ops@shop.exam", "\u{0}\u{0}\u{0}", String(repeating: "x", count: 100_000),
  ])
  func `a torn file of the outbox stops none of the others`(content: String) throws {
    let box = try box()
    try SmallFile.replace(folder + "/outbox/1", with: content)
    _ = try box.tell(alarm(), now: Self.now)
    #expect(deliver(box).subjects == ["money is missing"])
  }

  @Test func `what cannot be read stops none of the others, and fails the run`() throws {
    let box = try box()
    #expect(unsafe mkdir(folder + "/outbox/1", 0o700) == 0)
    #expect(unsafe mkfifo(folder + "/outbox/2", 0o600) == 0)
    #expect(unsafe symlink("/etc/passwd", folder + "/outbox/3") == 0)
    #expect(unsafe mkdir(folder + "/known/coinpay@blue.service", 0o700) == 0)
    _ = try box.tell(alarm(), now: Self.now)
    #expect(deliver(box) == (["money is missing"], false))
    try box.tellHeld(now: Self.now)
  }

  @Test func `what is being written is no message`() throws {
    let box = try box()
    try SmallFile.replace(folder + "/outbox/x", with: "ops@shop.example\nk\ns\nt\n")
    #expect(unsafe rename(folder + "/outbox/x", folder + "/outbox/1.new") == 0)
    #expect(deliver(box) == ([], true))
  }

  @Test(arguments: ["", "nonsense", "\u{0}", "1800000000", String(repeating: "9", count: 100_000)])
  func `a torn memory lets the alarm be told`(content: String) throws {
    let box = try box()
    _ = try box.tell(alarm(), now: Self.now)
    let name = Alarm.fileName(ofKey: "money is missing")
    try SmallFile.replace(folder + "/known/" + name, with: content)
    #expect(try box.tell(alarm(), now: Self.now))
  }

  @Test func `a folder that cannot be written to is told, and the run goes on to send`() throws {
    let box = try box()
    _ = try box.tell(alarm(), now: Self.now)
    let known = folder + "/known"
    try FileManager.default.removeItem(atPath: known)
    try SmallFile.replace(known, with: "")
    #expect(throws: SmallFile.Failure.self) { try box.tell(self.alarm("b"), now: Self.now) }
    #expect(deliver(box).subjects == ["money is missing", "b"])
  }

  @Test func `messages keep their order when the clock is set back`() {
    #expect(AlarmBox.nextName(after: [], nanoseconds: 5) == "5")
    #expect(AlarmBox.nextName(after: ["7", "x"], nanoseconds: 5) == "8")
    #expect(AlarmBox.nextName(after: ["\(Int64.max)"], nanoseconds: 5) == "\(Int64.max)")
  }

  @Test func `alarms of long ago are forgotten`() throws {
    let box = try box()
    _ = try box.tell(alarm(), now: Self.now)
    let changed = SystemTime.now().unixSeconds
    box.forgetOld(now: changed + 31 * 86_400)
    #expect(SmallFile.names(in: folder + "/known").count == 1)
    box.forgetOld(now: changed + 32 * 86_400)
    #expect(SmallFile.names(in: folder + "/known").isEmpty)
  }

  @Test func `the cursor is kept, and nobody else can read anything`() throws {
    let box = try box()
    #expect(box.cursor == nil)
    try box.keep(cursor: "s=1;i=2")
    #expect(box.cursor == "s=1;i=2")
    var status = stat()
    #expect(unsafe stat(folder + "/cursor", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(unsafe stat(folder + "/outbox", &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  // MARK: Two runs at once

  @Test func `two runs at once tell one alarm once`() throws {
    let box = try box()
    let messages = Mutex(0)
    let (folder, lock, now) = (folder, box.lockPath, Self.now)
    let threads = try (0..<4).map { _ in
      try WorkerThread.start(name: "alarm", stackBytes: 1 << 20) {
        let box = AlarmBox(
          folder: folder, rule: AlarmRule(repeatSeconds: 3_600), targets: ["ops@shop.example"]
        ) { _ in }
        let isTold = try? FileLock.hold(lock) { () throws(SmallFile.Failure) in
          try box.tell(Alarm(key: "k", subject: "s", text: "t"), now: now)
        }
        if isTold == true { messages.withLock { $0 += 1 } }
      }
    }
    for thread in threads { thread.join() }
    #expect(messages.withLock { $0 } == 1 && waiting.count == 1)
    let memory = SmallFile.text(folder + "/known/k", bytesMax: 1_000)
    #expect(memory?.hasPrefix("\(Self.now) 3\n") == true)
  }

  @Test func `who finds the lock taken waits as long as it may`() throws {
    let box = try box()
    let inner = try FileLock.hold(box.sendingPath) { () throws(SmallFile.Failure) in
      try FileLock.hold(box.sendingPath, patience: .milliseconds(50)) { true } == nil
    }
    #expect(inner == true)
    #expect(try FileLock.hold(box.sendingPath, patience: .zero) { true } == true)
  }

  // MARK: Sending for real

  private func letter(to target: String) -> AlarmLetter {
    AlarmLetter(to: target, AlarmRule.Message(key: "k", subject: "s", text: "金币"))
  }

  @Test func `a post brings JSON, and what the other side answers counts`() throws {
    for (status, outcome) in [
      ("204 No Content", DeliveryRound.Outcome.taken), ("400 No", .refused),
    ] {
      try LoopbackServer { _ in .answer(.answer(status)) }.run { server in
        let letter = letter(to: server.url + "/alarm?token=secret")
        #expect(AlarmSender(host: "shop").send(letter) == outcome)
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /alarm?token=secret HTTP/1.1")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.body == letter.json(host: "shop"))
      }
    }
  }

  @Test func `an address that hangs or is gone keeps the letter`() throws {
    let sender = AlarmSender(host: "shop", seconds: 1)
    try LoopbackServer { _ in .hold(.answer()) }.run { server in
      #expect(sender.send(letter(to: server.url)) == .unreachable)
    }
    #expect(sender.send(letter(to: "http://127.0.0.1:1/")) == .unreachable)
    #expect(sender.send(letter(to: "https://")) == .unreachable)
  }

  @Test(
    arguments: [
      ("cat >\"$0.mail\"; echo \"$@\" >\"$0.words\"", .taken), ("exit 75", .unreachable),
      ("cat >/dev/null; exit 65", .refused), ("sleep 60", .unreachable),
      ("head -c 3 >/dev/null; exit 75", .unreachable), ("kill -9 $$", .unreachable),
    ] as [(String, DeliveryRound.Outcome)])
  func `a mail goes through the machine's mail program`(
    script: String, outcome: DeliveryRound.Outcome
  ) throws {
    let program = folder + "/sendmail"
    try SmallFile.replace(program, with: "#!/bin/sh\n\(script)\n")
    #expect(unsafe chmod(program, 0o700) == 0)
    let sender = AlarmSender(host: "shop", mailProgram: program, seconds: 1)
    let letter = letter(to: "ops@shop.example")
    #expect(sender.send(letter) == outcome)
    if outcome == .taken {
      let mail = SmallFile.text(program + ".mail", bytesMax: 10_000)
      #expect(mail == String(decoding: letter.mail(host: "shop"), as: UTF8.self))
      #expect(SmallFile.text(program + ".words", bytesMax: 100) == "-t -i\n")
    }
  }

  @Test func `no mail program keeps the letter`() {
    let sender = AlarmSender(host: "shop", mailProgram: "/nonexistent", seconds: 1)
    #expect(sender.send(letter(to: "ops@shop.example")) == .unreachable)
  }
}
