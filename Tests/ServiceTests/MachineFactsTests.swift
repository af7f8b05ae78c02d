import FoundationEssentials
import Glibc
import Testing

@testable import Service

/// What other programs answer, as facts for doctor.
struct MachineAnswersTests {
  @Test(arguments: [
    ("web", "ready\n", true), ("web", "Status: 200 OK\r\n\r\nready\n", true),
    ("web", "not ready\n", false), ("web", "", false), ("web", "Status: 503\r\n", false),
    ("webhook", "Status: 404 Not Found\r\n", true), ("webhook", "ready\n", false),
    ("webhook", "X: Status: 404", false), ("webhook", "", false),
  ])
  func `a worker that answers is known by its answer`(pool: String, answer: String, answers: Bool) {
    #expect(MachineAnswers.answers(pool: pool, answer) == answers)
  }

  @Test(
    arguments: [
      (.exited(0), "", "ok"), (.exited(0), "a warning", "ok"),
      (.exited(1), "[emerg] x", "[emerg] x"),
      (.timedOut, "", ""), (.notStarted(code: 2), "", ""),
    ] as [(ChildProcess.End, String, String)])
  func `what nginx says is told as it is`(end: ChildProcess.End, text: String, fact: String) {
    #expect(MachineAnswers.configuration(end, text) == fact)
  }

  @Test(
    arguments: [
      ("    Verify return code: 0 (ok)\n", "ok"), ("Verify return code: 0 (ok)", "ok"),
      (
        "x\n    Verify return code: 20 (unable to get local issuer certificate)\nVerify return code: 0 (ok)",
        "(unable to get local issuer certificate)"
      ),
      ("Verify return code: 10", nil), ("Verify return code: ", nil), ("Verification: OK", nil),
      ("", nil),
    ] as [(String, String?)])
  func `whether a chain is trusted is what openssl says first`(text: String, fact: String?) {
    #expect(MachineAnswers.chain(handshake: text) == fact)
  }

  @Test func `units are told a block each`() {
    let text = "Id=a.timer\nUnit=a.service\nEmpty=\n\nId=b.timer\nUnit=x=y\nodd\n\n\n"
    let units = MachineAnswers.units(text)
    #expect(units.count == 2 && units[0] == ["Id": "a.timer", "Unit": "a.service", "Empty": ""])
    #expect(units[1] == ["Id": "b.timer", "Unit": "x=y"])
    #expect(MachineAnswers.units("").isEmpty && MachineAnswers.units("\n\n").isEmpty)
  }

  @Test(
    arguments: [
      ("--datadir=/srv/a\n--datadir=/srv/b\n--port=1\n", "/srv/b"), ("--datadir=\n", nil),
      ("", nil),
      ("datadir=/srv", nil),
    ] as [(String, String?)])
  func `the last value of an option counts`(text: String, value: String?) {
    #expect(MachineAnswers.option("datadir", text) == value)
  }

  @Test(arguments: [
    ("COINPAY_BASE_URL=https://a\nCOINPAY_BASE_URL=https://b=c\n", "https://b=c"),
    ("#COINPAY_BASE_URL=https://a\n", ""), (" COINPAY_BASE_URL=https://a\n", ""),
    ("COINPAY_BASE_URL_X=1\n", ""), ("COINPAY_BASE_URL=\n", ""), ("", ""),
  ])
  func `the last value of a setting counts`(text: String, value: String) {
    #expect(MachineAnswers.setting("COINPAY_BASE_URL", in: text) == value)
  }

  @Test(
    arguments: [
      ("a", "one\ntwo", "a one\n"), ("a", "", "a unknown\n"), ("a", nil, "a unknown\n"),
      ("a", "\nsecond", "a unknown\n"), ("a", "one\r\ntwo", "a one\n"),
    ] as [(String, String?, String)])
  func `a fact is one line`(name: String, value: String?, line: String) {
    var facts = FactLines()
    facts.add(name, value)
    #expect(facts.text == line)
    #expect(MachineFacts(text: facts.text)[name] == String(line.dropFirst(2).dropLast()))
  }
}

struct DiskRoomTests {
  @Test(arguments: [
    (DiskRoom(freeBytes: 50, bytes: 200, freeInodes: 1, inodes: 3), "50 25 33"),
    (DiskRoom(freeBytes: 0, bytes: 0, freeInodes: 0, inodes: 0), "0 0 -"),
    (
      DiskRoom(freeBytes: .max, bytes: .max, freeInodes: .max, inodes: .max),
      "\(UInt64.max) 100 100"
    ),
    (
      DiskRoom(freeBytes: .max - 1, bytes: .max, freeInodes: 0, inodes: 1), "\(UInt64.max - 1) 99 0"
    ),
    (DiskRoom(freeBytes: 9, bytes: 3, freeInodes: 9, inodes: 3), "9 100 100"),
  ])
  func `what is free is told in bytes and percent`(room: DiskRoom, text: String) {
    #expect(room.text == text)
  }

  @Test func `a folder has room, what is none has not`() {
    #expect(DiskRoom(of: "/")?.text.split(separator: " ").count == 3)
    #expect(DiskRoom(of: "/etc/passwd") == nil && DiskRoom(of: "/nonexistent") == nil)
  }
}

/// A file that the worker reads, in a folder that may be somebody's.
final class NewFileTests {
  private let folder: String

  init() throws {
    var pattern = Array("/tmp/coinpay-facts-XXXXXX".utf8CString)
    _ = unsafe try #require(unsafe mkdtemp(&pattern))
    folder = String(
      decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func `facts go into a new file, which others may read`() throws {
    try SmallFile.create(folder + "/new", with: "a 1\n", mode: 0o644)
    #expect(FileAccess(of: folder + "/new")?.text.hasPrefix("644 ") == true)
    #expect(SmallFile.text(folder + "/new", bytesMax: 100) == "a 1\n")
  }

  @Test func `facts go through no link and into nothing that is there`() throws {
    try SmallFile.replace(folder + "/file", with: "kept")
    #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
    for (name, target) in [("device", "/dev/full"), ("waiting", "pipe"), ("known", "file")] {
      #expect(unsafe symlink(target, folder + "/" + name) == 0)
    }
    #expect(unsafe symlink("nowhere", folder + "/dangling") == 0)
    for name in ["device", "waiting", "known", "dangling", "file", "pipe"] {
      #expect(throws: SmallFile.Failure.self) {
        try SmallFile.create(self.folder + "/" + name, with: "new", mode: 0o644)
      }
    }
    #expect(SmallFile.text(folder + "/file", bytesMax: 100) == "kept")
  }

  @Test func `who may do what is told as others write it`() {
    #expect(FileAccess(of: "/etc/passwd")?.text == "644 root root")
    #expect(FileAccess(of: folder + "/nothing") == nil)
  }
}
