import ArgumentParser
import Database
import Ledger
import Seals

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Prove the ledger.",
    subcommands: [Verify.self, Newest.self, TakeAnchor.self])

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

  struct TakeAnchor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "anchor",
      abstract: "Print how far the tables about money reach, to be kept elsewhere.",
      discussion: """
        The service writes the same into the journal every hour, and each backup into its manifest.
        'coinpay ledger verify --anchors' tells whether something was cut off since.
        """)

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadPatientConnection()
        guard let word = try AnchorDuty.take(on: &connection, at: SystemTime.now()) else {
          Console.complain("nothing is sealed yet, or COINPAY_ENCRYPTION_KEYS is missing")
          throw ExitCode.failure
        }
        Console.say("anchor=\(word)")
      }
    }
  }
}
