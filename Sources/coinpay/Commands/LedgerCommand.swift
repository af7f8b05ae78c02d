import ArgumentParser
import Database
import Ledger

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Prove the ledger.", subcommands: [Verify.self, Newest.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every invariant of the money tables.",
      discussion: "Exits 1 when one is broken; the rows that break it are named.")

    @Flag(help: "Answer as JSON.")
    var json = false
    @Option(help: "Fail also when the newest entry is older than this number: a part is missing.")
    var atLeast: Int64 = 0

    private struct Finding: Encodable {
      let name: String
      let sentence: String
      let holds: Bool
      let violations: [String]
    }

    private struct Report: Encodable {
      let holds: Bool
      let newestEntry: Int64
      let invariants: [Finding]
    }

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadPatientConnection()
        // One snapshot for all queries: the site may go on while the ledger is checked.
        let (findings, newest) = try connection.snapshot {
          (transaction) throws(DatabaseError) -> ([Finding], Int64) in
          var findings: [Finding] = []
          for invariant in Invariant.all {
            let violations = try invariant.check(&transaction)
            findings.append(
              Finding(
                name: invariant.name, sentence: invariant.sentence, holds: violations.isEmpty,
                violations: violations))
          }
          return (findings, try NewestEntry.read(in: &transaction)?.id ?? 0)
        }
        let holds = findings.allSatisfy(\.holds)
        try report(findings, holds, newest)
        if newest < atLeast {
          Console.complain("the newest entry is \(newest): those up to \(atLeast) are missing")
        }
        if !holds || newest < atLeast { throw ExitCode.failure }
      }
    }

    private func report(_ findings: [Finding], _ holds: Bool, _ newest: Int64) throws {
      if json {
        try Console.sayJSON(Report(holds: holds, newestEntry: newest, invariants: findings))
        return
      }
      for finding in findings {
        Console.say("\(finding.holds ? "ok    " : "BROKEN") \(finding.name): \(finding.sentence)")
        for violation in finding.violations { Console.say("         \(violation)") }
      }
      Console.say(holds ? "the ledger holds" : "the ledger is BROKEN")
    }
  }
  struct Newest: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print number and time of the newest entry; 0 while nothing is booked.")

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        guard let newest = try NewestEntry.read(in: &connection) else {
          Console.say("0")
          return
        }
        Console.say("\(newest.id) \(newest.createdAt)")
      }
    }
  }
}
