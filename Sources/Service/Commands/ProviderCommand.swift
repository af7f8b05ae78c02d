import ArgumentParser
import Logging
import Payments
import Provider
import Vocabulary

struct ProviderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider", abstract: "Look at the payment providers.",
    subcommands: [Check.self, Books.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find out whether a provider works with our keys.",
      discussion: """
        Signs and verifies a probe, asks the provider for an order that does not exist, and looks at
        the clock, at certificates and at the notify URL. The first thing to run when notifications
        fail. Exits 1 when something is wrong.
        """)

    @Argument(help: Registry.namesHelp)
    var method: String

    func run() throws {
      let provider = try ProviderCommand.provider(method)
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

  struct Books: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a provider's books of one day, line by line.",
      discussion: """
        The day is counted in the provider's own time zone; its books are there some hours after its
        end. Nothing is stored. Exits 1 when the books could not be read to their end, 75 when they are
        not there yet.
        """)

    @Argument(help: Registry.namesHelp)
    var method: String
    @Option(help: "Such as 2026-01-31.")
    var date: String

    func run() throws {
      guard let day = BookDay(date) else { throw ValidationError("'\(date)' is no day") }
      let provider = try ProviderCommand.provider(method)
      let outcome = provider.readBooks(of: day, now: SystemTime.now()) {
        (lines) throws(BooksStopped) in
        for line in lines { Console.say(text(line)) }
      }
      switch outcome {
      case .complete(let count, let unreadable):
        Console.complain("\(count) lines")
        guard !unreadable.isEmpty else { return }
        Console.complain("\(unreadable.count) lines cannot be read: \(unreadable)")
        throw ExitCode.failure
      case .empty: Console.complain("nothing happened on \(day)")
      case .notReady:
        Console.complain("the books of \(day) are not there yet; try again later")
        throw ExitCode.temporaryFailure
      case .unknown(let cause):
        Console.complain("the books could not be read to their end: \(cause)")
        throw ExitCode.failure
      }
    }

    private func text(_ line: BookLine) -> String {
      [
        line.occurredAt.description, line.kind.rawValue, line.status.rawValue,
        "\(line.amount.minorUnits)", line.amount.currencyCode, line.outTradeNo ?? "-",
        line.providerTransactionID ?? "-", line.outRequestNo ?? "-", line.providerRefundID ?? "-",
      ].joined(separator: "  ")
    }
  }

  /// The configured provider of a name.
  private static func provider(_ name: String) throws -> any PaymentProvider {
    let settings = try Settings.load()
    let method = try Registry.realMethod(named: name)
    let silent = Logger(label: "provider") { _ in SwiftLogNoOpLogHandler() }
    guard let provider = try Registry.providers(settings, logger: silent)[method] else {
      Console.complain("\(method) is off: none of its settings is set")
      throw ExitCode.failure
    }
    return provider
  }
}
