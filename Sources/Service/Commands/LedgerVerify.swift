import ArgumentParser
import Database
import FoundationEssentials
import Ledger
import Seals

extension LedgerCommand {
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every invariant of the money tables.",
      discussion: """
        Exits 1 when one is broken; the rows that break it are named. It needs the encryption keys:
        rows are sealed by a key that the database does not have. What was cut off at the end shows by
        anchors that were kept elsewhere:
          journalctl -t coinpay | grep -o 'anchor=[^ ]*' | coinpay ledger verify --anchors -
        Anchors from before a restore may have seen what it left out: with the one of --restored, which
        was taken behind it, older ones do not count. That there are none is then only said.
        """)

    @Flag(help: "Answer as JSON.")
    var json = false
    @Flag(help: "Tell each invariant as soon as it is checked, on standard error.")
    var progress = false
    @Option(help: "Fail also when the newest entry is older than this number: a part is missing.")
    var atLeast: Int64 = 0
    @Option(
      help: "A file with anchors in any text, - for standard input: all they saw must be there.")
    var anchors: String?
    @Option(help: "A file with the anchor of the last restore; it need not be there.")
    var restored: String?
    @Flag(help: "Prove only what needs no keys.")
    var withoutSeals = false
    @Option(
      help: "An anchor: only what came behind it is proved, and that nothing before it is missing.")
    var since: String?

    private struct Finding: Encodable {
      let name: String
      let sentence: String
      let holds: Bool
      let violations: [String]
    }

    private struct Report: Encodable {
      let holds: Bool
      let newestEntry: Int64
      let anchors: Int
      let invariants: [Finding]

      enum CodingKeys: String, CodingKey {
        case holds, anchors, invariants
        case newestEntry = "newest_entry"
      }
    }

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadPatientConnection()
        let kept = try KeptAnchors(in: anchors, restored: restored)
        let proof = try connection.snapshot { (transaction) throws(DatabaseError) in
          // One snapshot for all queries: the site may go on while the ledger is checked.
          try prove(kept, in: &transaction)
        }
        guard let proof else {
          throw ValidationError("--since is no anchor that this shop has made")
        }
        try tell(proof)
      }
    }

    private func prove(
      _ kept: KeptAnchors, in transaction: inout Transaction
    ) throws(DatabaseError) -> Report? {
      let moment = SystemTime.now()
      let key = withoutSeals ? nil : try SealKey.find(in: &transaction)
      var known = key.map { kept.counting(by: $0) } ?? []
      var start: Anchor?
      if let since {
        let word = Anchor.words(in: since).first ?? since
        guard let key, let anchor = Anchor(word: word, by: key) else { return nil }
        start = anchor
        known.append(anchor)
      }
      var findings: [Finding] = []
      for invariant in Invariant.all where !(withoutSeals && invariant.needsKey) {
        let violations: [String]?
        if let start {
          violations = try invariant.check(since: start, &transaction, at: moment)
        } else {
          violations = try invariant.check(&transaction, at: moment)
        }
        if let violations { add(invariant.name, invariant.sentence, violations, to: &findings) }
      }
      if kept.count > 0 || start != nil {
        var missed = try Anchor.missed(known, in: &transaction)
        if known.isEmpty { missed.append("none of \(kept.count) anchors is of this shop") }
        add("anchors", "All that anchors saw is there.", missed, to: &findings)
      }
      return Report(
        holds: findings.allSatisfy(\.holds),
        newestEntry: try NewestEntry.read(in: &transaction)?.id ?? 0, anchors: known.count,
        invariants: findings)
    }

    private func add(
      _ name: String, _ sentence: String, _ violations: [String], to findings: inout [Finding]
    ) {
      findings.append(
        Finding(
          name: name, sentence: sentence, holds: violations.isEmpty,
          violations: Array(violations.prefix(Invariant.violationsShownMax))))
      if progress {
        Console.tell(
          "\(findings.count) of \(Invariant.all.count): \(name) "
            + (violations.isEmpty ? "holds" : "is BROKEN"))
      }
    }

    private func tell(_ report: Report) throws {
      if json {
        Console.sayJSON(report)
      } else {
        let broken = report.invariants.filter { !$0.holds }
        // What is broken comes last, where the end of a journal shows it.
        for finding in report.invariants.filter(\.holds) + broken {
          Console.say(
            "\(finding.holds ? "ok    " : "BROKEN") \(finding.name): \(finding.sentence)")
          for violation in finding.violations { Console.say("         \(violation)") }
        }
        Console.say(report.holds ? "the ledger holds" : "the ledger is BROKEN")
      }
      if report.newestEntry < atLeast {
        Console.complain(
          "the newest entry is \(report.newestEntry): those up to \(atLeast) are missing")
      }
      if !report.holds || report.newestEntry < atLeast { throw ExitCode.failure }
    }
  }
}

/// Anchors that stand in texts, such as a journal or the manifests of backups.
private struct KeptAnchors {
  /// The latest that are looked at.
  private static let wordsMax = 10_000

  private let words: [String]
  /// Of the last restore.
  private let restored: [String]

  var count: Int { words.count + restored.count }

  init(in path: String?, restored mark: String?) throws {
    words = try path.map(KeptAnchors.read) ?? []
    let isMarked = mark.map { FileManager.default.fileExists(atPath: $0) } ?? false
    restored = isMarked ? try mark.map(KeptAnchors.read) ?? [] : []
    if path != nil, words.isEmpty {
      let problem = "there is no anchor in what was given"
      if mark == nil { throw ValidationError(problem) }
      Console.tell("\(problem): what was cut off at the end would not show")
    }
  }

  /// Those that this shop made, without what is older than the last restore.
  func counting(by key: SealKey) -> [Anchor] {
    let known = words.compactMap { Anchor(word: $0, by: key) }
    let marks = restored.compactMap { Anchor(word: $0, by: key) }
    guard let last = marks.max(by: { $0.takenAt < $1.takenAt }) else { return known }
    return known.filter { $0.takenAt > last.takenAt } + [last]
  }

  private static func read(_ path: String) throws -> [String] {
    var words: [String] = []
    func take(_ line: some StringProtocol) {
      words += Anchor.words(in: line)
      if words.count > 2 * wordsMax { words.removeFirst(words.count - wordsMax) }
    }
    if path == "-" {
      while let line = readLine() { take(line) }
    } else {
      guard let data = FileManager.default.contents(atPath: path),
        let text = String(validating: data, as: UTF8.self)
      else { throw ValidationError("\(path) cannot be read as text") }
      for line in text.split(separator: "\n") { take(line) }
    }
    return Array(Set(words.suffix(wordsMax)))
  }
}
