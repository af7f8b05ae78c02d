import ArgumentParser
import Crypto
import Duties
import FoundationEssentials
import Glibc
import Testing
import Vocabulary

@testable import Service

/// What a duty is, and which of its ends is a failure.
struct DutyPlanTests {
  @Test(
    arguments: [
      (.reconcile, "reconcile"), (.purge, "purge"), (.expiry, "order expire"),
      (.doctor, "doctor --problems --machine-facts /run/facts"), (.verify, nil),
      (.certificates, nil), (.backupFull, nil), (.backupIncremental, nil), (.drill, nil),
    ] as [(Duty, String?)])
  func `a duty is a command of the program`(duty: Duty, words: String?) {
    #expect(DutyPlan(duty, facts: "/run/facts")?.words.joined(separator: " ") == words)
  }

  struct Row: Sendable {
    let duty: Duty
    let end: ChildProcess.End
    let failure: Int32?
  }

  @Test(arguments: [
    Row(duty: .reconcile, end: .exited(0), failure: nil),
    Row(duty: .reconcile, end: .exited(75), failure: nil),
    Row(duty: .reconcile, end: .exited(1), failure: 1),
    Row(duty: .doctor, end: .exited(1), failure: nil),
    Row(duty: .doctor, end: .exited(2), failure: 2),
    Row(duty: .doctor, end: .exited(75), failure: 75),
    Row(duty: .purge, end: .exited(1), failure: 1),
    Row(duty: .expiry, end: .exited(75), failure: 75),
    Row(duty: .expiry, end: .exited(78), failure: 78),
    Row(duty: .doctor, end: .ended(bySignal: 9), failure: 137),
    Row(duty: .doctor, end: .timedOut, failure: 1),
    Row(duty: .doctor, end: .notStarted(code: 2), failure: 1),
  ])
  func `an end that needs no alarm is no failure`(row: Row) {
    #expect(DutyPlan(row.duty, facts: "")?.failure(row.end) == row.failure)
  }

  @Test func `a program that knows no restores is asked as it can be`() {
    let old = DutyPlan.verify(help: "--anchors FILE", restored: "/r")
    #expect(old.words == ["ledger", "verify"] && !old.readsAnchors)
    let new = DutyPlan.verify(help: "--restored <restored>", restored: "/r")
    #expect(new.words == ["ledger", "verify", "--anchors", "-", "--restored", "/r"])
    #expect(new.readsAnchors && new.failure(.exited(1)) == 1)
  }

  @Test(arguments: [["run", "nonsense"], ["note", ""], ["run"], ["run", "purge", "extra"]])
  func `what is no duty is refused`(words: [String]) {
    #expect(throws: (any Error).self) { try DutyCommand.parseAsRoot(words) }
  }
}

struct AnchorLinesTests {
  private func kept(_ lines: [String]) -> [String] {
    var anchors = AnchorLines()
    for line in lines { anchors.add(Array(line.utf8)) }
    return String(decoding: anchors.lines, as: UTF8.self).split(separator: "\n").map { String($0) }
  }

  private static let head = "2026-01-31T00:00:00Z notice the books reach as far as this anchor "

  @Test(arguments: [
    "\(head)anchor=a", #"{"anchor":"a","level":"notice"}"#, "\(head)金币 \u{1}",
  ])
  func `a line of the service is kept`(line: String) {
    #expect(kept([line]) == [line])
  }

  @Test(arguments: [
    "", " ", "somebody says anchor=a", " \(head)anchor=a", "x \(head)anchor=a",
    "2026-01-31T00:00:00Z warning the books reach as far as this anchor anchor=a",
    #"{"level":"notice","anchor":"a"}"#, "notice the books reach as far as this anchor a",
  ])
  func `what others say about anchors is not`(line: String) {
    #expect(kept([line]).isEmpty)
  }

  @Test(arguments: [0, 1, 999, 1_000, 1_001, 2_500])
  func `the newest thousand are kept in their order`(count: Int) {
    let lines = (0..<count).map { "\(Self.head)anchor=\($0)" }
    #expect(kept(lines) == Array(lines.suffix(1_000)))
  }

  @Test func `a line that is too long is cut`() {
    let line = Self.head + String(repeating: "x", count: 10_000)
    #expect(
      kept([line, "\(Self.head)next"]).map(\.utf8.count) == [4_096, Self.head.utf8.count + 4])
  }
}

struct SiteCertificateTests {
  private static let now: Int64 = 1_800_000_000
  private static let day: Int64 = 86_400

  @Test(
    arguments: [
      (now + 15 * day, nil), (now + 14 * day + 1, nil), (now + 14 * day, "ends within 14 days"),
      (now, "ends within 14 days"), (now - 1, "ends within 14 days"),
      (nil, "shows visitors of https://shop.example no certificate"), (Int64.max, nil),
    ] as [(Int64?, String?)])
  func `a certificate has to last`(end: Int64?, told: String?) {
    let problem = SiteCertificate.problem(
      end: end, baseURL: "https://shop.example", days: 14, now: Self.now)
    #expect((problem == nil) == (told == nil))
    if let told { #expect(problem?.contains(told) == true) }
  }

  @Test(
    arguments: [
      ("https://shop.example", "shop.example 443"),
      ("https://shop.example:8443", "shop.example 8443"),
      ("https://shop.example/coin?x#y", "shop.example 443"), ("http://shop.example", nil),
      ("", nil),
      ("https://", nil), ("https://-connect", nil), ("https://shop.example:x", nil),
      ("https://shop.example:99999", nil),
    ] as [(String, String?)])
  func `where the site is stands in its address`(baseURL: String, place: String?) {
    #expect(SiteCertificate.site(baseURL).map { "\($0.host) \($0.port)" } == place)
  }

  @Test(arguments: [
    "", "nonsense", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
  ])
  func `a handshake without a certificate has no end`(text: String) {
    #expect(SiteCertificate.end(handshake: text) == nil)
  }

  @Test func `the first certificate of a handshake is the site's`() throws {
    var pem: [UInt8] = []
    let end = ChildProcess.run(
      [
        "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3", "-subj", "/CN=shop", "-addext",
        "subjectAltName=DNS:shop.example", "-keyout", "/dev/null",
      ], timeout: .seconds(20), errors: .dropped
    ) { pem += $0 }
    #expect(end == .exited(0))
    let text = "CONNECTED(3)\nServer certificate\n\(String(decoding: pem, as: UTF8.self))subject=\n"
    let left = try #require(SiteCertificate.end(handshake: text)) - SystemTime.now().unixSeconds
    #expect((3 * Self.day - 60...3 * Self.day).contains(left))
    let certificate = try #require(SiteCertificate.certificate(handshake: text))
    #expect(certificate.isFor(host: "shop.example") && certificate.isFor(host: "SHOP.example"))
    for host in ["", "other.example", "www.shop.example", "shop.example\0.evil"] {
      #expect(!certificate.isFor(host: host))
    }
    #expect(certificate.fingerprint.utf8.count == 64)
  }
}

/// What is noted about a duty's end.
final class DutyNoteTests {
  private let folder: String

  init() throws {
    var pattern = Array("/tmp/coinpay-status-XXXXXX".utf8CString)
    _ = unsafe try #require(unsafe mkdtemp(&pattern))
    folder = String(
      decoding: pattern.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test(
    arguments: [
      (.verify, "success", "ended=7 result=success succeeded=7"),
      (.verify, "exit-code", "ended=7 result=exit-code"),
      (.verify, "timeout", "ended=7 result=timeout"),
      (.backupFull, "exec-condition", ""),
      (.certificates, "success", "ended=7 result=success succeeded=7 site_expires=9"),
      (.certificates, "exit-code", "ended=7 result=exit-code site_expires=9"),
    ] as [(Duty, String, String)])
  func `how a duty ended is a few facts`(duty: Duty, result: String, facts: String) {
    let noted = DutyNote.facts(duty, result: result, now: 7) { 9 }
    #expect(noted.map { "\($0.name)=\($0.value)" }.joined(separator: " ") == facts)
  }

  @Test func `an unknown end of the certificate is an empty fact`() {
    let noted = DutyNote.facts(.certificates, result: "success", now: 7) { nil }
    #expect(noted.last?.name == "site_expires" && noted.last?.value == "")
  }

  @Test func `what is noted is what doctor reads, and the worker may`() throws {
    let before = umask(0o077)
    defer { umask(before) }
    try DutyCommand.Note.parse(["verify", "--folder", folder]).run()
    let facts = DutyFacts(of: .verify, in: folder)
    #expect(facts.result == "success" && facts.endedAt == facts.succeededAt && facts.hasRun)
    var status = stat()
    #expect(unsafe stat(folder + "/verify", &status) == 0 && status.st_mode & 0o777 == 0o755)
    #expect(unsafe stat(folder + "/verify/result", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o644)
  }

  @Test func `what cannot be noted fails`() throws {
    let note = try DutyCommand.Note.parse(["verify", "--folder", folder + "/nowhere"])
    #expect(throws: ExitCode.failure) { try note.run() }
  }
}
