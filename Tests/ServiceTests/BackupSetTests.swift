import ArgumentParser
import FoundationEssentials
import Glibc
import Testing
import Vocabulary

@testable import Service

/// What is wrong with a backup set, from its manifest and its files.
struct BackupManifestTests {
  private static let head = "set format=1 method=physical version=0.1.0 database=coinpay\n"

  private static func piece(_ kind: String, _ file: String, _ more: String = "") -> String {
    "piece kind=\(kind) file=\(file) bytes=7 sha256=abc drill=age1 \(more)\n"
  }

  private static let whole =
    head + piece("full", "full", "from_lsn=0 to_lsn=10") + piece("configuration", "c0")
    + piece("incremental", "i1", "from_lsn=10 to_lsn=20") + piece("binlog", "b", "name=x.1")

  private func problems(
    _ text: String, bytes: [String: Int64] = [:], missing: String = "", sum: String? = "abc"
  ) -> [String] {
    BackupManifest(text: text).problems(
      bytes: { $0 == missing ? nil : bytes[$0] ?? 7 }, checksum: { _ in sum })
  }

  @Test func `a whole set has no problem`() {
    #expect(problems(Self.whole).isEmpty)
    #expect(problems(Self.head + Self.piece("dump", "d1", "entry=1")).isEmpty)
  }

  @Test func `each fault of a file is named`() {
    #expect(problems(Self.whole, missing: "c0") == ["c0: missing"])
    #expect(problems(Self.whole, bytes: ["b": 6]) == ["b: has 6 bytes and should have 7"])
    #expect(problems(Self.whole, sum: "abd").count == 4)
    #expect(problems(Self.whole, sum: nil).contains("full: its checksum is wrong"))
  }

  @Test func `an increment goes on where the one before it ended`() {
    let gap = Self.whole + Self.piece("incremental", "i3", "from_lsn=30 to_lsn=40")
    #expect(problems(gap) == ["i3: the increment before it is missing"])
    // One that is damaged takes those after it along.
    #expect(problems(Self.whole, missing: "full").count == 2)
    let late = Self.head + Self.piece("incremental", "i1", "from_lsn=10 to_lsn=20")
    #expect(problems(late) == ["i1: the increment before it is missing"])
  }

  @Test(arguments: ["", "\n", head, head + piece("configuration", "c0"), "nonsense", "piece"])
  func `a set without the books is none`(text: String) {
    #expect(problems(text).last == "no piece of it holds the books")
  }

  @Test(arguments: ["../../etc/passwd", "a/b", "", ".", "..", ".hidden"])
  func `a piece is a file of the set`(file: String) {
    #expect(problems(Self.whole + Self.piece("full", file)) == ["a piece names no file of the set"])
  }

  @Test(arguments: [
    "piece kind=full file=f sha256=abc", "piece kind=full file=f bytes= sha256=abc",
    "piece kind=full file=f bytes=7", "piece kind=full file=f bytes=7 sha256=",
    "piece kind=full file=f bytes=7.0 sha256=abc", "piece kind=full file=f bytes=+7 sha256=abc",
  ])
  func `a piece that does not say its size and checksum is not whole`(line: String) {
    #expect(problems(line).count == 1)
  }

  @Test func `what a manifest says first counts`() {
    let twice = "piece kind=full file=f bytes=7 sha256=abc bytes=8 sha256=abd"
    #expect(problems(twice).isEmpty)
  }
}

/// How a set is shown, and which one the drill reads.
struct BackupShelfTests {
  private static func text(_ drills: [String]) -> String {
    let pieces = drills.enumerated().map { number, drill in
      "piece kind=\(number == 0 ? "full" : "incremental") file=f\(number) bytes=7 sha256=abc "
        + "drill=\(drill) ended=\(1_769_824_800 + number) entry=\(number)\n"
    }
    return "set format=1 method=physical\n" + pieces.joined()
  }

  @Test func `a set is one line`() {
    let manifest = BackupManifest(text: Self.text(["age1", "age1"]))
    #expect(
      manifest.line(name: "20260131T020000Z", bytes: 12_999_999, recipient: "age1")
        == "20260131T020000Z  physical  2 pieces  12 MB  until 2026-01-31T02:00:01Z  entry 1  "
        + "the drill reads it")
    #expect(!manifest.line(name: "x", bytes: 0, recipient: nil).contains("the drill"))
    let odd = BackupManifest(text: "piece kind=full ended=99999999999999999999").line(
      name: "x", bytes: 0, recipient: nil)
    #expect(odd == "x  ?  1 pieces  0 MB  until ?  entry ?")
  }

  @Test(
    arguments: [
      (["age1", "age1"], "age1", true), (["age1", "age2"], "age1", false), (["age1"], "age", false),
      (["age1"], nil, false), (["age1"], "", false), ([""], "", false),
    ] as [([String], String?, Bool)])
  func `the drill reads a set when it reads every piece`(
    drills: [String], recipient: String?, isRead: Bool
  ) {
    #expect(BackupManifest(text: Self.text(drills)).isRead(by: recipient) == isRead)
  }
}

struct BackupAgeTests {
  private static let now = Timestamp(unixSeconds: 1_769_824_800)  // 2026-01-31T02:00:00Z

  @Test func `a moment is written as sets are named`() {
    #expect(BackupAge.moment(Self.now) == "20260131T020000Z")
    #expect(BackupAge.moment(Timestamp(unixSeconds: 0)) == "19700101T000000Z")
  }

  @Test(arguments: [
    (
      ["20260101T000000Z", "20260117T015959Z", "20260117T020000Z", "20260131T020000Z"],
      ["20260101T000000Z", "20260117T015959Z"]
    ),
    (["20200101T000000Z"], []), ([], []),
    (["20200101T000000Z", "20200102T000000Z"], ["20200101T000000Z"]),
    (["20260131T020000Z", "20990101T000000Z"], []),
    (
      [
        "configuration-20260101T000000Z-0.1.0.tar.gz",
        "configuration-20260131T000000Z-0.1.0.tar.gz",
      ],
      ["configuration-20260101T000000Z-0.1.0.tar.gz"]
    ),
  ])
  func `what is past its days goes, and never the newest`(names: [String], old: [String]) {
    #expect(BackupAge.old(names, days: 14, now: Self.now) == old)
  }

  @Test func `only sets and configurations are looked at`() {
    let names = [
      "20260131T020000Z", "20260131T020000Z.partial", "20260131T0200000", "2026013XT020000Z",
      "before-restore-20260131T020000Z.sql.zst.age", "configuration-20260131T020000Z-0.1.0.tar.gz",
      "configuration-notes.tar.gz", "20260130T020000Z",
    ]
    #expect(BackupAge.sets(names) == ["20260130T020000Z", "20260131T020000Z"])
    #expect(BackupAge.configurations(names) == ["configuration-20260131T020000Z-0.1.0.tar.gz"])
  }
}

/// The commands that the scripts of backups ask.
final class BackupSetCommandTests {
  private let folder: String

  init() throws {
    var pattern = Array("/tmp/coinpay-sets-XXXXXX".utf8CString)
    _ = unsafe try #require(unsafe mkdtemp(&pattern))
    folder = String(
      decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func makeSet(_ name: String) throws {
    try SmallFile.makeFolder(folder + "/" + name)
    try SmallFile.replace("\(folder)/\(name)/full", with: "content")
    let sum = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    try SmallFile.replace(
      "\(folder)/\(name)/manifest",
      with: "set format=1\npiece kind=full file=full bytes=7 sha256=\(sum) from_lsn=0 to_lsn=1\n")
  }

  @Test func `a set is checked against its files`() throws {
    try makeSet("a b")
    let check = try BackupSetCommand.Check.parse([folder + "/a b"])
    try check.run()
    try SmallFile.replace(folder + "/a b/full", with: "Content")
    #expect(throws: ExitCode.failure) { try check.run() }
    try SmallFile.replace(folder + "/a b/full", with: "")
    #expect(throws: ExitCode.failure) { try check.run() }
    #expect(throws: ExitCode.failure) {
      try BackupSetCommand.Check.parse([self.folder + "/none"]).run()
    }
  }

  @Test func `the newest set that the drill reads is chosen`() throws {
    let shelf = BackupShelf(folder: folder)
    #expect(shelf.newest(readBy: "age1") == nil && shelf.lines(recipient: nil).isEmpty)
    for name in ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z"] { try makeSet(name) }
    let set = "set format=1\npiece kind=full file=full drill=age1\n"
    for name in ["20200101T000000Z", "20200102T000000Z"] {
      try SmallFile.replace("\(folder)/\(name)/manifest", with: set)
    }
    #expect(shelf.newest(readBy: "age1") == "20200102T000000Z")
    #expect(shelf.newest(readBy: nil) == nil && shelf.lines(recipient: "age1").count == 3)
  }

  @Test func `old sets go and what is no set stays`() throws {
    for name in ["20200101T000000Z", "20200102T000000Z", "20200103T000000Z"] { try makeSet(name) }
    SmallFile.remove(folder + "/20200101T000000Z/manifest")
    try SmallFile.replace(folder + "/configuration-20200101T000000Z-1.tar.gz", with: "x")
    try SmallFile.replace(folder + "/configuration-20200102T000000Z-1.tar.gz", with: "x")
    try SmallFile.replace(folder + "/notes", with: "x")
    try BackupSetCommand.Expire.parse([folder, "--days", "1"]).run()
    #expect(
      SmallFile.names(in: folder) == [
        "20200101T000000Z", "20200103T000000Z", "configuration-20200102T000000Z-1.tar.gz", "notes",
      ])
  }

  @Test(arguments: ["0", "-1", "10000", "x", "1.5", "014", "99999999999999999999", " 1"])
  func `days that are none remove nothing`(days: String) throws {
    for name in ["20200101T000000Z", "20200102T000000Z"] { try makeSet(name) }
    #expect(throws: ExitCode.failure) {
      try BackupSetCommand.Expire.parse([self.folder, "--days=\(days)"]).run()
    }
    #expect(SmallFile.names(in: folder).count == 2)
  }
}
