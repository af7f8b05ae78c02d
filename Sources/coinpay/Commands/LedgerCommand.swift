import ArgumentParser
import Database
import Ledger

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Prove the ledger.", subcommands: [Verify.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every invariant of the money tables.",
      discussion: "Exits 1 when one is broken; the rows that break it are named.")

    @Flag(help: "Answer as JSON.")
    var json = false

    private struct Finding: Encodable {
      let name: String
      let sentence: String
      let holds: Bool
      let violations: [String]
    }

    private struct Report: Encodable {
      let holds: Bool
      let invariants: [Finding]
    }

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        // One snapshot for all queries: the site may go on while the ledger is checked.
        let findings = try connection.snapshot {
          (transaction) throws(DatabaseError) -> [Finding] in
          var findings: [Finding] = []
          for invariant in Invariant.all {
            let violations = try invariant.check(&transaction)
            findings.append(
              Finding(
                name: invariant.name, sentence: invariant.sentence, holds: violations.isEmpty,
                violations: violations))
          }
          return findings
        }
        let holds = findings.allSatisfy(\.holds)
        try report(findings, holds)
        if !holds { throw ExitCode.failure }
      }
    }

    private func report(_ findings: [Finding], _ holds: Bool) throws {
      if json {
        try Console.sayJSON(Report(holds: holds, invariants: findings))
        return
      }
      for finding in findings {
        Console.say("\(finding.holds ? "ok    " : "BROKEN") \(finding.name): \(finding.sentence)")
        for violation in finding.violations { Console.say("         \(violation)") }
      }
      Console.say(holds ? "the ledger holds" : "the ledger is BROKEN")
    }
  }
}
