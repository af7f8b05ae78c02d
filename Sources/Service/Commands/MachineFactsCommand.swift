import ArgumentParser

/// Asked by the scripts of the package, not by people.
struct IsReadyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "is-ready",
    abstract: "Exit 0 when both pools of a colour answer on their sockets, without nginx.",
    shouldDisplay: false)

  @Argument(help: "blue or green.")
  var colour: String

  func validate() throws {
    guard ["blue", "green"].contains(colour) else {
      throw ValidationError("a colour is blue or green")
    }
  }

  func run() throws {
    if !MachineSurvey.isReady(colour) { throw ExitCode.failure }
  }
}

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
