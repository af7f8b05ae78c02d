import ArgumentParser

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring the books back from a backup.",
    discussion: """
      Checks and decrypts the set, restores it beside what is there, repeats binary logs and proves
      the ledger. Only then it stops the worker and MariaDB, moves the present data folder aside and
      puts the restored one in its place. Nothing is deleted.

      On a new machine: apt install coinpay mariadb-server mariadb-backup nginx, then coinpay restore
      FOLDER --identity FILE --configuration.
      """)

  @Argument(help: "A set's name, its folder, or newest.") var set: String
  @Option(help: "The file with the private key; - reads it from standard input.")
  var identity: String
  @Option(help: "Go to this moment and not further, in UTC: 'YYYY-MM-DD HH:MM:SS'.")
  var until: String?
  @Option(help: "A folder of MariaDB's binary logs that are newer than those in the set.")
  var binlogs: String?
  @Flag(help: "Bring back /etc/coinpay and the nginx site, too.")
  var configuration = false
  @Flag(help: "Ask nothing.")
  var yes = false

  /// As `date` understands it without a time zone.
  private static let momentLength = 19

  func validate() throws {
    if let until {
      let shape = until.map { $0.isASCII && $0.isNumber ? "0" : $0 }
      guard until.count == RestoreCommand.momentLength, String(shape) == "0000-00-00 00:00:00"
      else { throw ValidationError("--until is like '2026-01-31 12:00:00', in UTC") }
    }
  }

  func run() throws {
    var arguments = [set, "--identity", identity]
    if let until { arguments += ["--until", until] }
    if let binlogs { arguments += ["--binlogs", binlogs] }
    if configuration { arguments.append("--configuration") }
    if yes { arguments.append("--yes") }
    try InstalledScript.restore.run(arguments)
  }
}
