import ArgumentParser
import Testing

@testable import Service

/// Whether a new version may keep its share, from what visitors got.
struct ShareVerdictTests {
  private static func figures(_ requests: Int, _ failed: Int, _ p95: Int = 20) -> VisitorFigures {
    VisitorFigures(requests: requests, failed: failed, p95Milliseconds: p95)
  }

  struct Row: Sendable {
    let what: String
    var old = figures(1_000, 0)
    var new = figures(100, 0)
    var stopped: [String] = []
    var elapsed = 30
    let verdict: ShareVerdict
    var told = ""
  }

  /// In order of precedence.
  static let rows = [
    Row(
      what: "a unit that does not run", new: figures(100, 50),
      stopped: ["coinpay-webhook@green.service"], elapsed: 1, verdict: .worse,
      told: "worse: coinpay-webhook@green.service does not run"),
    Row(
      what: "all fail", new: figures(100, 100), elapsed: 1, verdict: .worse,
      told: "worse: 100 of its 100 requests failed; 0 of 1000 before"),
    Row(
      what: "all of few fail", new: figures(3, 3), elapsed: 1, verdict: .worse,
      told: "worse: 3 of its 3 requests failed"),
    Row(what: "two fail, which is chance", new: figures(2, 2), elapsed: 1, verdict: .wait),
    Row(
      what: "all of both fail", old: figures(100, 100), new: figures(100, 100), verdict: .good,
      told: "green: 100 requests, 100 failed"),
    Row(
      what: "equal rates", old: figures(1_000, 50), new: figures(100, 5), verdict: .good,
      told: "blue: 1000 requests, 50 failed, p95 20 ms"),
    Row(what: "at the limit of 0.5 %", new: figures(1_000, 5), verdict: .good),
    Row(what: "one above it", new: figures(1_000, 6), verdict: .worse),
    Row(
      what: "at the limit of twice the old share and 0.5 %", old: figures(1_000, 10),
      new: figures(1_000, 25), verdict: .good),
    Row(
      what: "one above it", old: figures(1_000, 10), new: figures(1_000, 26), verdict: .worse),
    Row(
      what: "the old one had no request", old: .none, new: figures(100, 3), verdict: .worse,
      told: "0 of 0 before"),
    Row(what: "neither had one", old: .none, new: .none, elapsed: 89, verdict: .wait),
    Row(
      what: "slower", old: figures(1_000, 0, 20), new: figures(100, 0, 141), verdict: .worse,
      told: "worse: 95 % of its requests took up to 141 ms; 20 ms before"),
    Row(
      what: "at the limit of slowness", old: figures(1_000, 0, 20), new: figures(100, 0, 140),
      verdict: .good),
    Row(
      what: "slower, of too few", old: figures(1_000, 0, 20), new: figures(49, 0, 900),
      verdict: .good),
    Row(
      what: "slower than too few", old: figures(49, 0, 20), new: figures(100, 0, 900),
      verdict: .good),
    Row(what: "faster", old: figures(1_000, 0, 900), new: figures(100, 0, 1), verdict: .good),
    Row(what: "before its time", elapsed: 29, verdict: .wait),
    Row(what: "its time is over", verdict: .good, told: "green: 100 requests, 0 failed, p95 20 ms"),
    Row(what: "few requests", new: figures(19, 0), elapsed: 89, verdict: .wait),
    Row(what: "just enough", new: figures(20, 0), verdict: .good),
    Row(
      what: "few for too long", new: figures(19, 0), elapsed: 90, verdict: .few,
      told: "only 19 requests came to it; its own answers must do"),
    Row(what: "no requests for too long", old: .none, new: .none, elapsed: 90, verdict: .few),
    Row(
      what: "more than can be counted", old: figures(.max, .max, .max),
      new: figures(.max, .max, .max), elapsed: .max, verdict: .good),
    Row(
      what: "all of more than can be counted fail", old: figures(.max, 0),
      new: figures(.max, .max), elapsed: .max, verdict: .worse),
    Row(
      what: "slower than can be counted", old: figures(.max, 0, 0), new: figures(.max, 0, .max),
      verdict: .worse),
  ]

  @Test(arguments: rows)
  func `a share is kept, watched on or taken back`(row: Row) {
    let share = WatchedShare(
      old: row.old, new: row.new, stopped: row.stopped, elapsedSeconds: row.elapsed, seconds: 30)
    #expect(share.verdict == row.verdict, "\(row.what)")
    let words = share.words(old: "blue", new: "green").joined(separator: "; ")
    #expect(row.told.isEmpty || words.contains(row.told), "\(row.what): \(words)")
    #expect(words.isEmpty == (row.verdict == .wait), "\(row.what)")
  }

  @Test func `every verdict has a row`() {
    let all: Set<ShareVerdict> = [.wait, .good, .few, .worse]
    #expect(Set(Self.rows.map(\.verdict)) == all)
  }

  @Test(arguments: [VisitorFigures.none, figures(7, 2, 31), figures(.max, .max, .max)])
  func `figures are what their text says`(figures: VisitorFigures) {
    #expect(VisitorFigures(text: figures.text) == figures)
  }

  @Test(arguments: [
    "", "1,2", "1,2,3,4", "1,2,3", "-1,0,0", "a,0,0", "1,,0", "1, 0,0", "99999999999999999999,0,0",
  ])
  func `a text that is no figures is refused`(text: String) {
    #expect(VisitorFigures(text: text) == nil)
    #expect(throws: (any Error).self) {
      try DeployCommand.Verdict.parse(["blue", "green", "--elapsed", "1", "--before", text])
    }
  }

  @Test(arguments: ["", ",", "0", "101", "10,x", "10,,50", "10%", "-5", "5.5"])
  func `shares that nginx could not give are refused`(shares: String) {
    #expect(throws: (any Error).self) {
      try DeployCommand.Upgrade.parse(["--shares=\(shares)"])
    }
  }

  @Test(arguments: ["1", "100", "10,50", "5,5,5"])
  func `shares in percent are taken`(shares: String) throws {
    #expect(try DeployCommand.Upgrade.parse(["--shares", shares]).shares == shares)
  }
}

/// What nginx's log says.
struct VisitorCountTests {
  private static func line(
    _ status: String, _ time: String = "0.020", to colour: String = "green",
    uri: String = "/coin", behind: String = ""
  ) -> String {
    "203.0.113.7 [2026-01-31T00:00:00+00:00] GET \(uri) \(status) 512 time=\(time) "
      + "upstream=0.019 to=unix:/run/coinpay/\(colour)/web.sock id=0123456789abcdef\(behind)"
  }

  private func figures(_ lines: [String]) -> VisitorFigures {
    var count = VisitorCount(of: "green")
    for line in lines { count.add(Array(line.utf8)) }
    return count.figures
  }

  @Test func `requests of a colour are counted by status and time`() {
    let lines = [
      Self.line("200", "0.010"), Self.line("404", "0.030"), Self.line("499", "0.020"),
      Self.line("500", "1.500"), Self.line("504", "30.000"), Self.line("500", to: "blue"),
    ]
    #expect(figures(lines) == VisitorFigures(requests: 5, failed: 2, p95Milliseconds: 30_000))
  }

  @Test(arguments: [
    (1, 1), (2, 2), (10, 10), (19, 19), (20, 19), (21, 20), (100, 95), (1_000, 950),
  ])
  func `95 of 100 took no longer`(count: Int, p95: Int) {
    let lines = (1...count).reversed().map { milliseconds in
      let thousandths = String("000\(milliseconds % 1_000)".suffix(3))
      return Self.line("200", "\(milliseconds / 1_000).\(thousandths)")
    }
    #expect(figures(lines).p95Milliseconds == p95)
  }

  /// Addresses are the visitors' to choose.
  @Test(arguments: [
    "/x 500 0 time=9.000 upstream=9 to=unix:/run/coinpay/green/ id=1",
    "/ to=unix:/run/coinpay/green/", String(repeating: "a ", count: 5_000), "/\u{FFFD}", "/金币",
  ])
  func `nothing in an address changes a count`(uri: String) {
    #expect(figures([Self.line("200", uri: uri)]).failed == 0)
    #expect(figures([Self.line("500", to: "blue", uri: uri)]).requests == 0)
  }

  @Test(arguments: [
    "", " ", "nonsense", "500 0 time=0.020 upstream=- to=- id=1", line("5xx"), line(""),
    line("99999999999999999999"), line("-500"), line("200", ""), line("200", "NaN"),
    line("200", "-1.000"), line("200", "1"), line("200", "1.0000"),
    line("200", "99999999999999999999.000"), line("200", to: "green-other"),
    line("200", behind: " more"), line("502", to: "blue/web.sock, unix:/run/coinpay/green"),
  ])
  func `what is no whole line of such a request counts as nothing`(line: String) {
    #expect(figures([line]) == .none)
    #expect(figures([line, Self.line("200")]).requests == 1)
  }

  @Test func `a time beyond any clock is bounded`() {
    #expect(figures([Self.line("200", "9223372036854775807.000")]).p95Milliseconds == 1_000_000_000)
  }
}
