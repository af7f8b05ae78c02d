import ArgumentParser

/// The program `coinpay`.
public enum Program {
  /// Runs the command that the process's arguments name. A failure ends the process with its status.
  public static func run() { CoinPay.main() }
}

/// The command `coinpay`.
struct CoinPay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coinpay",
    abstract: "Sells coins: takes payments and credits each exactly once.",
    discussion: """
      Settings come from the environment, or from files of the same name in lower case in
      $CREDENTIALS_DIRECTORY. `coinpay config check` lists what is missing.
      """,
    version: Version.text,
    subcommands: [
      Serve.self, Migrate.self, Grants.self, Seed.self, LedgerCommand.self, UserCommand.self,
      PackageCommand.self, ProviderCommand.self, OrderCommand.self, RefundCommand.self,
      SuspenseCommand.self, QueueCommand.self, ReconcileCommand.self,
      CoinsCommand.self, RequestsCommand.self, AuditCommand.self,
      PauseCommand.self, ResumeCommand.self, StopPaymentsCommand.self, MethodCommand.self,
      StatisticsCommand.self,
      KeysCommand.self, PurgeCommand.self,
      ConfigCommand.self, DoctorCommand.self, SetupCommand.self, DeployCommand.self,
      BackupCommand.self, RestoreCommand.self, AlarmCommand.self,
      DutyCommand.self, MachineFactsCommand.self, IsReadyCommand.self, BackupSetCommand.self,
    ])

  static func main() {
    var command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      exit(withError: error)
    }
    if !(command is any LogsToStandardError) { Log.toSystemLog() }
    do {
      try command.run()
    } catch let error as ValidationError {
      // The parser would show the usage of all commands for what a command finds out by itself.
      Console.complain("\(error.message)\nUsage: \(usageString(for: type(of: command)))")
      exit(withError: ExitCode.validationFailure)
    } catch {
      exit(withError: error)
    }
  }
}

enum Version {
  static let text = "0.1.0"
}
