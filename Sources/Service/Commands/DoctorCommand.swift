import ArgumentParser

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Find out what is wrong with the site, and what to do about it.",
    discussion: """
      Looks at settings, keys, clock, database, schema, sockets, nginx, certificate, disk, timers,
      backups, alarms, providers, and whether notifications arrive: it sends what a provider would
      send to each notify address and compares what the worker got. Changes nothing.

      Exits 0 when all is well, 1 when there are warnings only, 2 when something fails. What could
      not be looked at is 'skipped' and changes no exit code; as root the installed package sees all.

      With --json: {"level": …, "findings": [{"area", "name", "level", "text", "action"}, …]}; levels are
      ok, skipped, warning and failure; area and name stay the same from version to version.
      """)

  @Flag(help: "For programs.")
  var json = false
  @Flag(help: "Ask neither the providers nor the notify addresses.")
  var offline = false
  @Flag(help: "Show only warnings and failures.")
  var problems = false
  @Option(
    help: ArgumentHelp("What only root may see; see coinpay machine-facts.", visibility: .hidden))
  var machineFacts: String?

  static let warningsExit = ExitCode(1)
  static let failuresExit = ExitCode(2)

  func run() throws {
    var facts: MachineFacts?
    if let machineFacts {
      facts = MachineFacts(file: machineFacts)
      guard facts != nil else { throw ValidationError("'\(machineFacts)' cannot be read") }
    }
    let findings = Examination(
      variables: Variables.all(), facts: facts, isOffline: offline
    ).findings()
    let level = DoctorCommand.worst(findings)
    if json {
      Console.sayJSON(Report(level: level, findings: shown(findings)))
    } else {
      for finding in shown(findings) { DoctorCommand.say(finding) }
      Console.say(DoctorCommand.summary(findings))
    }
    switch level {
    case .ok, .skipped: return
    case .warning: throw DoctorCommand.warningsExit
    case .failure: throw DoctorCommand.failuresExit
    }
  }

  private struct Report: Encodable {
    let level: Finding.Level
    let findings: [Finding]
  }

  private func shown(_ findings: [Finding]) -> [Finding] {
    findings.filter { !problems || $0.level == .warning || $0.level == .failure }
  }

  private static func worst(_ findings: [Finding]) -> Finding.Level {
    [.failure, .warning].first { level in findings.contains { $0.level == level } } ?? .ok
  }

  private static func say(_ finding: Finding) {
    Console.say("\(mark(finding.level))  \(finding.area.rawValue) \(finding.name): \(finding.text)")
    if let action = finding.action { Console.say("         do: \(action)") }
  }

  private static func mark(_ level: Finding.Level) -> String {
    switch level {
    case .ok: "ok     "
    case .skipped: "skipped"
    case .warning: "WARNING"
    case .failure: "FAILED "
    }
  }

  private static func summary(_ findings: [Finding]) -> String {
    func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }
    return "\(count(.ok)) well, \(count(.warning)) warnings, \(count(.failure)) failures, "
      + "\(count(.skipped)) not looked at"
  }
}
