import ArgumentParser

/// Run by the package as root, not by people.
struct MachineFactsCommand: ParsableCommand, LogsToStandardError {
  static let configuration = CommandConfiguration(
    commandName: "machine-facts",
    abstract: "Tell what only root may see of the machine, for `coinpay doctor`.",
    discussion: "NAME VALUE on each line, and no secret.", shouldDisplay: false)

  @Argument(help: "A new file for it; standard output without one.")
  var file: String?

  func run() throws {
    let text = MachineSurvey.text()
    guard let file else { return print(text, terminator: "") }
    do throws(SmallFile.Failure) {
      // The worker reads it. The folder may belong to somebody who left a link there.
      try SmallFile.create(file, with: text, mode: 0o644)
    } catch {
      Console.complain("\(error)")
      throw ExitCode.failure
    }
  }
}
