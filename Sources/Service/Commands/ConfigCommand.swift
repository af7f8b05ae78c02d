import Alipay
import ArgumentParser
import Database
import LogLines
import Logging
import Payments

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "See the settings.", subcommands: [Check.self, Show.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List all problems of the settings; exit 78 when there is one.")

    func run() throws {
      _ = try Settings.load()
      Console.say("the settings are sound")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the settings in force, without secrets.")

    func run() throws {
      for line in try Settings.load().lines { Console.say("\(line.name): \(line.value)") }
    }
  }
}

extension Settings {
  /// The settings in force as people read them, without secrets.
  var lines: [(name: String, value: String)] {
    [
      ("environment", environment.rawValue), ("base URL", baseURL),
      ("database", "\(database.database) as \(database.user)"),
      ("database password", "\(database.password)"),
      ("order TTL", "\(orderTTLSeconds) s"), ("web threads", "\(webThreads)"),
      ("webhook threads", "\(webhookThreads)"), ("notifications", webhookMode.rawValue),
      ("log format", logFormat.rawValue), ("log level", logLevel.rawValue),
      ("second factor", requiresSecondFactor ? "required" : "optional"),
      ("Alipay", alipay.map { "on, \($0.summary)" } ?? "off"),
      ("WeChat Pay", weChatPay.map { "on, \($0.summary)" } ?? "off"),
      ("Stripe", stripe.map { "on, \($0.currency), \($0.apiURL)" } ?? "off"),
    ]
  }
}
