import ArgumentParser

struct DeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Bring in a new version, or go back, without losing a request.",
    discussion: """
      Two instances of the worker, blue and green, each with its own version and sockets. One answers; an
      upgrade starts the other with the version that apt installed, gives it a growing share of the
      traffic by nginx and compares what visitors get from both in nginx's log. The new one is taken
      back by itself when it fails more often or is slower.
      """,
    subcommands: [
      Upgrade.self, Canary.self, Promote.self, Rollback.self, Status.self, Verdict.self,
    ])

  /// How long a share is watched.
  struct Watching: ParsableArguments {
    static let secondsStandard = 30

    @Option(help: "Seconds for which a share is watched, at least.")
    var seconds = Watching.secondsStandard

    func validate() throws {
      guard (1...86_400).contains(seconds) else {
        throw ValidationError("--seconds is from 1 to 86400")
      }
    }
  }

  struct Upgrade: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Go to the installed version in steps; go back by itself when it is worse.",
      discussion: """
        Backs up /etc/coinpay, applies the migrations (the old version runs on with them), starts the
        other colour, checks it, then gives it each share of --shares and last everything.
        """)

    @Option(help: "Shares in percent, separated by commas.")
    var shares = "10,50"
    @OptionGroup var watching: Watching

    func validate() throws {
      let parts = shares.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ Int($0).map { (1...100).contains($0) } ?? false }) else {
        throw ValidationError("--shares are whole numbers from 1 to 100, separated by commas")
      }
    }

    func run() throws {
      try InstalledScript.deploy.run(["upgrade", shares, "\(watching.seconds)"])
    }
  }

  struct Canary: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give the installed version a share of the traffic and leave it at that.",
      discussion: "Goes back by itself when the new version is worse while it is watched.")

    @Argument(help: "The share in percent, 1 to 99.")
    var percent: Int
    @OptionGroup var watching: Watching

    func validate() throws {
      guard (1...99).contains(percent) else { throw ValidationError("a share is from 1 to 99") }
    }

    func run() throws {
      try InstalledScript.deploy.run(["canary", "\(percent)", "\(watching.seconds)"])
    }
  }

  struct Promote: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give the version that has a share all of the traffic and stop the old one.")

    func run() throws { try InstalledScript.deploy.run(["promote"]) }
  }

  struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take the share back; without one, return to the version before.")

    func run() throws { try InstalledScript.deploy.run(["rollback"]) }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell both colours, their versions and their shares.")

    func run() throws { try InstalledScript.deploy.run(["status"]) }
  }
}
