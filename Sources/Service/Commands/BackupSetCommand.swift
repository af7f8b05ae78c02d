import ArgumentParser
import FoundationEssentials
import Vocabulary

/// Asked by the scripts of backups, not by people.
struct BackupSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup-set", abstract: "Judge the sets of backups.", shouldDisplay: false,
    subcommands: [Check.self, Readable.self, Expire.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what is wrong with the files of a set; exit 1 when something is.")

    @Argument(help: "Its folder.")
    var folder: String

    private static let sumSeconds = 4 * 3_600

    func run() throws {
      guard let manifest = BackupShelf.manifest(of: folder) else {
        Console.complain("\(BackupShelf.manifestPath(folder)) cannot be read")
        throw ExitCode.failure
      }
      let problems = manifest.problems(
        bytes: { SmallFile.bytes("\(folder)/\($0)") },
        checksum: { Check.checksum("\(folder)/\($0)") })
      for problem in problems { Console.complain(problem) }
      if !problems.isEmpty { throw ExitCode.failure }
    }

    private static func checksum(_ path: String) -> String? {
      var answer: [UInt8] = []
      let end = ChildProcess.run(
        ["/usr/bin/sha256sum", "--", path], timeout: .seconds(sumSeconds)
      ) { answer += $0 }
      guard end == .exited(0) else { return nil }
      // A backslash in front says that the name is written with escapes.
      let sum = String(decoding: answer, as: UTF8.self).split(separator: " ").first
      return sum.map { String($0.drop { $0 == "\\" }) }
    }
  }

  struct Readable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the folder of the newest set that the drill can read, if there is one.")

    func run() throws {
      let shelf = BackupShelf()
      let name = shelf.newest(readBy: BackupShelf.drillRecipient())
      if let name { Console.say("\(shelf.folder)/\(name)") }
    }
  }

  struct Expire: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove sets and kept configurations past their days; never the newest of either.")

    @Argument(help: "The folder with all of them.")
    var folder: String
    @Option(help: "How many days they are kept.")
    var days = "\(BackupAge.daysStandard)"

    func run() throws {
      guard days.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !days.hasPrefix("0"),
        let days = Int(days), BackupAge.daysBounds.contains(days)
      else {
        Console.complain("COINPAY_BACKUP_KEEP_DAYS is a number of days from 1 to 9999")
        throw ExitCode.failure
      }
      let now = SystemTime.now()
      let sets = BackupShelf(folder: folder).names
      for name in BackupAge.old(sets, days: days, now: now) {
        Console.tell("older than \(days) days: \(name) goes")
        // Without its manifest it is no set, should this be broken off.
        SmallFile.remove(BackupShelf.manifestPath("\(folder)/\(name)"))
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      let configurations = BackupAge.configurations(SmallFile.names(in: folder))
      for name in BackupAge.old(configurations, days: days, now: now) {
        SmallFile.remove("\(folder)/\(name)")
      }
    }
  }
}
