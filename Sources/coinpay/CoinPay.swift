import ArgumentParser

/// The command `coinpay`.
@main
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
      CoinsCommand.self, AuditCommand.self,
      PauseCommand.self, ResumeCommand.self, StopPaymentsCommand.self, MethodCommand.self,
      StatisticsCommand.self,
      KeysCommand.self, PurgeCommand.self,
      ConfigCommand.self, DoctorCommand.self, SetupCommand.self, DeployCommand.self,
      BackupCommand.self, RestoreCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      if !(command is any LogsToStandardError) { Log.toSystemLog() }
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}

enum Version {
  static let text = "0.1.0"
}
