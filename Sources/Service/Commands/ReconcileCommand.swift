import ArgumentParser
import Database
import Logging
import Payments
import Provider
import Reconciliation
import Vocabulary

struct ReconcileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Compare the providers' books with ours, and look after what differs.",
    subcommands: [Run.self, ReconcileList.self, ReconcileShow.self, ReconcileResolve.self],
    defaultSubcommand: Run.self)

  struct Run: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      abstract: "Compare a day; without options, yesterday and what earlier nights left undone.",
      discussion: """
        A day is counted in the provider's own time zone; its books are there some hours after its end.
        Money that is missing here is settled like a notification; other differences stay open until
        they are resolved. Running a day again changes nothing twice. Progress is shown on standard
        error.

        Exits 1 when books could not be read or differences are open, 75 when books are not there
        yet or are being compared by somebody else.
        """)

    @Option(help: "Such as 2026-01-31.") var date: String?
    @Option(help: Registry.namesHelp)
    var method: String?
    @Flag(help: "Answer as JSON.") var json = false

    func run() throws {
      let day = try date.map { text in
        guard let day = BookDay(text) else { throw ValidationError("'\(text)' is no day") }
        return day
      }
      let settings = try Settings.load()
      let logger = Log.toStandardError(settings)
      let recorder = CallRecorder()
      let parts = try Composition(settings, logger: logger, recorder: recorder)
      let providers = try ReconcileCommand.providers(parts.registry, method)
      let reconciler = parts.reconciler
      try reportingDatabaseTrouble {
        var connection = Connection(settings.database)
        try settings.requireKeys(on: &connection)
        var report = ReconcileReport(zone: settings.zone)
        for provider in providers {
          let days = try day.map { [$0] } ?? reconciler.dueDays(of: provider, on: &connection)
          for day in days {
            var progress = ProgressLine("\(provider.method) \(day)")
            let outcome = try reconciler.run(provider, of: day, on: &connection) { lines in
              progress.reached(lines)
            }
            report.add(provider.method, day, outcome)
          }
        }
        try recorder.flush(on: &connection)
        try report.tell(asJSON: json)
      }
    }
  }

  /// The configured providers that keep books.
  private static func providers(
    _ registry: ProviderRegistry, _ name: String?
  ) throws -> [any PaymentProvider] {
    guard let name else {
      return registry.methods.filter(Registry.faces.real.contains).compactMap { registry[$0] }
    }
    let method = try Registry.realMethod(named: name)
    guard let provider = registry[method] else {
      Console.complain("\(method) is off: none of its settings is set")
      throw ExitCode.failure
    }
    return [provider]
  }
}

/// Says on standard error how far a long work has come, now and then.
private struct ProgressLine {
  private let name: String
  private var last = ContinuousClock.now

  private static let pause = Duration.seconds(2)

  init(_ name: String) { self.name = name }

  mutating func reached(_ lines: Int64) {
    guard .now - last >= ProgressLine.pause else { return }
    last = .now
    Console.tell("\(name): \(lines) lines compared")
  }
}
