import ArgumentParser
import FoundationEssentials
import Glibc
import Kit
import Testing

@testable import Service

/// A whole run: what there is to tell is noted, then what waits is sent.
final class AlarmRunTests {
  private static let now: Int64 = 1_800_000_000
  private let folder: String

  init() throws {
    var pattern = Array("/tmp/coinpay-alarms-XXXXXX".utf8CString)
    _ = unsafe try #require(unsafe mkdtemp(&pattern))
    folder = String(
      decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// - Parameter mail: what the mail program does.
  private func run(_ keys: [String], mail: String, to targets: String = "ops@shop.example") throws {
    let program = folder + "/sendmail"
    try SmallFile.replace(program, with: "#!/bin/sh\n\(mail)\n")
    #expect(unsafe chmod(program, 0o700) == 0)
    let settings = AlarmSettings([
      "STATE_DIRECTORY": folder + "/alarms", "COINPAY_ALARM_TO": targets,
    ])
    let run = AlarmRun(
      settings, sender: AlarmSender(host: "shop", mailProgram: program, seconds: 1), now: Self.now
    ) { _ in }
    try run.tell { run throws(SmallFile.Failure) in
      for key in keys { try run.tell(Alarm(key: key, subject: key, text: "a line")) }
    }
  }

  private var takesAll: String { "cat >>\(folder)/mails" }

  private var subjects: [String] {
    let mails = SmallFile.text(folder + "/mails", bytesMax: 1 << 20) ?? ""
    return mails.split(separator: "\n").filter { $0.hasPrefix("Subject: ") }.map {
      String($0.dropFirst("Subject: [CoinPay shop] ".count))
    }
  }

  @Test func `what is told is sent at once, and what came again is held back`() throws {
    try run(["a", "b", "a"], mail: takesAll)
    try run(["a"], mail: takesAll)
    #expect(subjects == ["a", "b"])
  }

  @Test(arguments: ["exit 75", "sleep 60", "head -c 5 >/dev/null; exit 1", "kill -9 $$"])
  func `what cannot be sent fails the run and is sent by the next`(mail: String) throws {
    #expect(throws: ExitCode.failure) { try self.run(["a", "b"], mail: mail) }
    #expect(subjects.isEmpty)
    try run([], mail: takesAll)
    #expect(subjects == ["a", "b"])
  }

  @Test func `one way that fails holds up no other`() throws {
    try LoopbackServer { _ in .answer(.answer("503 Busy")) }.run { server in
      let targets = server.url + ",ops@shop.example"
      #expect(throws: ExitCode.failure) { try self.run(["a"], mail: takesAll, to: targets) }
      #expect(subjects == ["a"] && server.requests.count == 1)
    }
    try LoopbackServer { _ in .answer(.answer()) }.run { server in
      // Its address is another one now: the old one gets nothing any more.
      try self.run([], mail: takesAll, to: server.url + ",ops@shop.example")
      #expect(subjects == ["a"] && server.requests.isEmpty)
    }
  }

  @Test func `what cannot be noted fails the run, but what waits is sent`() throws {
    #expect(throws: ExitCode.failure) { try self.run(["a"], mail: "exit 75") }
    try FileManager.default.removeItem(atPath: folder + "/alarms/known")
    try SmallFile.replace(folder + "/alarms/known", with: "")
    #expect(throws: ExitCode.failure) { try self.run(["b"], mail: takesAll) }
    #expect(subjects.first == "a")
  }

  @Test func `without a folder the run fails and ends`() {
    #expect(throws: ExitCode.failure) {
      try AlarmRun(AlarmSettings(["STATE_DIRECTORY": "/proc/no/such"]), now: Self.now) { _ in }
        .tell { _ in }
    }
  }
}
