import ArgumentParser
import Glibc

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Keep the books and the configuration, encrypted, and prove that they come back.",
    discussion: """
      A set is a folder of /var/lib/coinpay/backups: a full backup, what was added every hour, and
      the configuration. It is encrypted to COINPAY_BACKUP_RECIPIENT, whose private half is not on
      this machine. Timers make a full one every night, add to it every hour and rehearse a restore
      every week. Without a recipient no backups are made.
      """,
    subcommands: [
      Full.self, Incremental.self, List.self, Verify.self, Drill.self, Key.self,
    ])

  struct Full: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Begin a new set with everything; remove sets past COINPAY_BACKUP_KEEP_DAYS.")

    func run() throws { try InstalledScript.backup.run(["full"]) }
  }

  struct Incremental: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add to the newest set what changed since; begin one where it cannot go on.",
      discussion: """
        Where MariaDB writes binary logs, those that are closed are kept, too. By the method dump a
        whole dump is added.
        """)

    func run() throws { try InstalledScript.backup.run(["incremental"]) }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the sets: method, pieces, size, time and newest ledger entry.")

    func run() throws {
      guard geteuid() == 0 else {
        Console.complain("backup needs root: use sudo")
        throw ExitCode.failure
      }
      for line in BackupShelf().lines(recipient: BackupShelf.drillRecipient()) {
        Console.say(line)
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a set: sizes, checksums and that no piece is missing.",
      discussion: "Exits 1 when something is wrong. With --identity everything is decrypted, too.")

    @Argument(help: "A set's name, its folder, or newest.") var set = "newest"
    @Option(help: "The file with the private key; - reads it from standard input.")
    var identity: String?

    func run() throws {
      try InstalledScript.backup.run(["verify", set] + (identity.map { [$0] } ?? []))
    }
  }

  struct Drill: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Restore the newest set into a throw-away database and prove the ledger there.",
      discussion: """
        Reads with the drill key, which every backup is encrypted to as well and which is kept in
        memory only; after a drill it is destroyed and the next backup makes another. Where it
        reads no set, a full backup is taken first. The measured time is noted.
        """)

    func run() throws { try InstalledScript.backup.run(["drill"]) }
  }

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a pair of keys and turn backups on with it.",
      discussion: """
        The private half is printed once and kept nowhere here: store it where this machine's loss
        does not reach it. Nothing can be restored without it. The public half becomes
        COINPAY_BACKUP_RECIPIENT.
        """)

    func run() throws { try InstalledScript.backup.run(["key"]) }
  }
}
