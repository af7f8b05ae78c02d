import Alipay
import ArgumentParser
import Database
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
      let settings = try Settings.load()
      let lines: [(String, String)] = [
        ("environment", settings.environment.rawValue), ("base URL", settings.baseURL),
        ("database", "\(settings.database.database) as \(settings.database.user)"),
        ("database password", "\(settings.database.password)"),
        ("order TTL", "\(settings.orderTTLSeconds) s"), ("web threads", "\(settings.webThreads)"),
        ("webhook threads", "\(settings.webhookThreads)"),
        ("notifications", settings.webhookMode.rawValue),
        ("log format", settings.logFormat.rawValue),
        ("Alipay", settings.alipay.map { "on, \($0.summary)" } ?? "off"),
        ("WeChat Pay", settings.weChatPay.map { "on, \($0.summary)" } ?? "off"),
        ("Stripe", settings.stripe.map { "on, \($0.currency), \($0.apiURL)" } ?? "off"),
      ]
      for (name, value) in lines { Console.say("\(name): \(value)") }
    }
  }
}
