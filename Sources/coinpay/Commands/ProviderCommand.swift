import ArgumentParser
import Logging
import Payments
import Provider
import Vocabulary

struct ProviderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider", abstract: "Look at the payment providers.", subcommands: [Check.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find out whether a provider works with our keys.",
      discussion: """
        Signs and verifies a probe, asks the provider for an order that does not exist, and looks at
        the clock, at certificates and at the notify URL. The first thing to run when notifications
        fail. Exits 1 when something is wrong.
        """)

    @Argument(help: "ALIPAY, WECHAT or STRIPE.")
    var method: String

    func run() throws {
      let settings = try Settings.load()
      guard let method = PaymentMethod(rawValue: method.uppercased()), method != .mock else {
        throw ValidationError("'\(method)' is no provider; say ALIPAY, WECHAT or STRIPE")
      }
      let silent = Logger(label: "check") { _ in SwiftLogNoOpLogHandler() }
      guard let provider = try Registry.providers(settings, logger: silent)[method] else {
        Console.complain("\(method) is off: none of its settings is set")
        throw ExitCode.failure
      }
      let findings = provider.check(now: SystemTime.now())
      for finding in findings {
        Console.say("\(mark(finding.level))  \(finding.subject): \(finding.text)")
      }
      if findings.contains(where: { $0.level == .failure }) { throw ExitCode.failure }
    }

    private func mark(_ level: CheckFinding.Level) -> String {
      switch level {
      case .ok: "ok     "
      case .warning: "WARNING"
      case .failure: "FAILED "
      }
    }
  }
}
