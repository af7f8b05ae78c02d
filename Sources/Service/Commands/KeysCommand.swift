import ArgumentParser
import Crypto
import Database
import FoundationEssentials
import Sealing
import Threads

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Look after the keys that encrypt stored values.",
    discussion: """
      To replace a key: put the new one behind the old one in COINPAY_ENCRYPTION_KEYS and restart every
      worker; put it in front and restart again; run 'coinpay keys rotate'; take the old one out when
      'coinpay keys status' says that it may go, and restart.
      """, subcommands: [Status.self, Rotate.self])

  private struct Key: Encodable {
    let id: String
    let isConfigured: Bool
    let encrypts: Bool
    let mayBeRemoved: Bool
    let values: [String: Int]

    enum CodingKeys: String, CodingKey {
      case id, encrypts, values
      case isConfigured = "is_configured"
      case mayBeRemoved = "may_be_removed"
    }

    var line: String {
      let total = values.values.reduce(0, +)
      let places = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        .joined(separator: ", ")
      let role =
        !isConfigured
        ? (total > 0 ? "MISSING" : "not configured")
        : encrypts ? "encrypts" : mayBeRemoved ? "may be removed" : "still needed"
      return "\(id)  \(role)  \(total) values" + (places.isEmpty ? "" : "  (\(places))")
    }
  }

  /// Every key that is configured or that values name.
  private static func keys(
    _ settings: Settings, on connection: inout Connection
  ) throws(DatabaseError) -> [Key] {
    let usage = try KeyUsage.count(on: &connection)
    let ring = settings.keyRing
    let others = usage.counts.keys.filter { !ring.ids.contains($0) }.sorted()
    return (ring.ids + others).map { id in
      let isConfigured = ring.ids.contains(id)
      return Key(
        id: id, isConfigured: isConfigured, encrypts: id == ring.firstID,
        mayBeRemoved: isConfigured && id != ring.firstID && usage.values(of: id) == 0,
        values: usage.counts[id] ?? [:])
    }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell how many values each key still holds; exits 1 when a key is lost.")

    @Flag(help: "Answer as JSON.") var json = false

    func run() throws {
      let settings = try Settings.load()
      try reportingDatabaseTrouble {
        var connection = Connection(settings.database)
        let keys = try KeysCommand.keys(settings, on: &connection)
        if json {
          Console.sayJSON(keys)
        } else {
          for key in keys { Console.say(key.line) }
        }
        let lost = try KeyChecks.findings(settings.keyRing, on: &connection).lost
        for key in lost { Console.complain("\(key)") }
        guard lost.isEmpty, keys.allSatisfy({ $0.isConfigured }) else { throw ExitCode.failure }
      }
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Re-encrypt with the first key what older keys sealed, while the site runs.",
      discussion: """
        It can be broken off and run again at any time. Exits 75 when workers still encrypt with an
        older key, and 1 when a value cannot be read.
        """)

    /// Between two lines of progress.
    private static let progressSeconds = 2

    func run() throws {
      let settings = try Settings.load()
      try reportingDatabaseTrouble {
        var connection = Connection(settings.database)
        try settings.requireKeys(on: &connection)
        var unreadable = 0
        for column in SealedColumn.all {
          unreadable += try rotate(column, settings, on: &connection)
        }
        if unreadable > 0 {
          Console.complain("\(unreadable) values cannot be read; they were left as they are")
          throw ExitCode.failure
        }
        let old = try KeysCommand.keys(settings, on: &connection).filter { !$0.encrypts }
        for key in old { Console.say(key.line) }
        guard old.allSatisfy({ $0.values.isEmpty }) else {
          Console.complain(
            "values were written with an older key meanwhile: restart the workers whose first key is "
              + "not '\(settings.keyRing.firstID)', then run this again")
          throw ExitCode.temporaryFailure
        }
      }
    }

    /// - Returns: the values that could not be read.
    private func rotate(
      _ column: SealedColumn, _ settings: Settings, on connection: inout Connection
    ) throws(DatabaseError) -> Int {
      var pace = Pace()
      var toldAt = ContinuousClock.now
      let done = try KeyRotation(ring: settings.keyRing).rotate(column, on: &connection) {
        progress in
        if toldAt.duration(to: .now) >= .seconds(Rotate.progressSeconds) {
          Console.say(
            "\(progress.column): row \(progress.row), \(progress.reencrypted) re-encrypted")
          toldAt = .now
        }
        pace.rest()
      }
      Console.say("\(done.column): \(done.reencrypted) re-encrypted")
      for number in done.unreadable {
        Console.complain("\(done.column) of row \(number) cannot be read with any key")
      }
      return done.unreadable.count
    }
  }
}
