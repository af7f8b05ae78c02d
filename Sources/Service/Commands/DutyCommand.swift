import ArgumentParser
import Duties
import Vocabulary

/// Run by the package's units, not by people.
struct DutyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duty", abstract: "What timers start, and how it ended.", shouldDisplay: false,
    subcommands: [Run.self, Note.self])

  @Sendable private static func duty(_ name: String) throws -> Duty {
    guard let duty = Duty(rawValue: name) else {
      throw ValidationError("there is no duty '\(name)'")
    }
    return duty
  }

  struct Run: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      abstract: "Run a duty; exit with its status unless that needs no alarm.")

    @Argument(help: "Its name.", transform: DutyCommand.duty)
    var duty: Duty
    @Option(help: "Days that the certificate of the site must last.")
    var certificateDays = SiteCertificate.daysMin
    @Argument(parsing: .postTerminator, help: "More words for the program.")
    var words: [String] = []

    func validate() throws {
      guard (0...36_500).contains(certificateDays) else {
        throw ValidationError("--certificate-days is from 0 to 36500")
      }
    }

    func run() throws {
      let run = DutyRun(variables: Variables.all(), words: words)
      if let status = run.run(duty, certificateDays: certificateDays) { throw ExitCode(status) }
    }
  }

  struct Note: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      abstract: "Note how a duty ended, for doctor and the figures.",
      discussion: """
        Runs as root behind the duty's own process, so that one that was killed is noted, too.
        systemd gives $SERVICE_RESULT; without it the duty went well.
        """)

    @Argument(help: "Its name.", transform: DutyCommand.duty)
    var duty: Duty
    @Option(help: "The folder of what is noted.")
    var folder = DutyFacts.folderStandard

    func run() throws {
      let variables = Variables.all()
      let facts = DutyNote.facts(
        duty, result: variables["SERVICE_RESULT"] ?? DutyNote.success,
        now: SystemTime.now().unixSeconds
      ) { SiteCertificate.end(baseURL: variables["COINPAY_BASE_URL"] ?? "") }
      guard !facts.isEmpty else { return }
      let place = folder + "/" + duty.rawValue
      do throws(SmallFile.Failure) {
        try SmallFile.makeFolder(place, mode: 0o755)
        for fact in facts {
          try SmallFile.replace("\(place)/\(fact.name)", with: fact.value + "\n", mode: 0o644)
        }
      } catch {
        Console.complain("\(error)")
        throw ExitCode.failure
      }
    }
  }
}
