import ArgumentParser
import Database
import Schema
import Vocabulary

struct Migrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database to this version's schema.",
    discussion: """
      Run it as the database's owner (COINPAY_DB_USER), whose rights the worker does not have. Two at
      once are safe: the second waits for the first.
      """)

  func run() throws {
    try reportingDatabaseTrouble {
      var connection = try Settings.loadPatientConnection()
      let outcome = try Migrator().migrate(&connection, now: SystemTime.now()) { migration in
        Console.say("applying migration \(migration.number) (\(migration.name))")
      }
      switch outcome {
      case .applied(let migrations):
        Console.say(
          migrations.isEmpty
            ? "the schema is current" : "applied \(migrations.count) migration(s)")
      case .locked:
        Console.complain(
          "another migration has run for \(Migrator.lockTimeoutSeconds) seconds; see SHOW PROCESSLIST"
        )
        throw ExitCode.failure
      case .checksumDiffers(let number, let name):
        Console.complain(
          "migration \(number) (\(name)) was applied with another text; nothing was changed. "
            + "Use the version of coinpay that applied it")
        throw ExitCode.failure
      case .newerSchema(let number):
        Console.complain(
          "the database has migration \(number), which is newer than this version of coinpay")
        throw ExitCode.failure
      }
    }
  }
}

struct Grants: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the GRANT statements that the worker's database user needs.",
    discussion: """
      Pipe them into a client of the database's administrator, in the database of CoinPay:
        coinpay grants coinpay_worker@localhost | mariadb coinpay
      The worker gets no DDL, may not change ledger entries and order transitions, and may delete
      nothing that has to do with money. What earlier versions granted beyond that is revoked.
      """)

  @Argument(help: "The account, as user@host.")
  var account: String
  @Flag(help: "For the account of 'coinpay purge' instead of the worker's.")
  var keeper = false

  func run() throws {
    guard let account = DatabaseAccount(account) else {
      throw ValidationError("'\(account)' is not of the form user@host")
    }
    let text =
      keeper
      ? KeeperGrants.statements(for: account)
      : WorkerGrants.revocations(for: account) + WorkerGrants.statements(for: account)
    print(text, terminator: "")
  }
}
