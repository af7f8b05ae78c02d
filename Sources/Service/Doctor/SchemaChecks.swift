import Crypto
import Database
import Orders
import Payments
import Schema
import Sealing
import Vocabulary

/// Whether the tables are those of this program and their sealed values can be opened; if so, what waits
/// in them.
enum SchemaChecks {
  static func findings(
    _ settings: Settings, isOffline: Bool, now: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> [Finding] {
    let isUsable = try Migrator().isUsable(&connection)
    let finding = schema(try Migrator().state(&connection), isUsable: isUsable)
    // The other questions are about tables that may not be there.
    guard isUsable else { return [finding] }
    return [
      finding, try keys(settings, on: &connection),
      PriceChecks.finding(try CoinPackage.all(in: &connection)),
    ]
      + WorkChecks.findings(
        try OpenWork.load(in: &connection),
        try OverdueWork.load(at: now, in: &connection),
        try NotificationSilence.load(of: Registry.faces.methods, at: now, in: &connection),
        try LeftAccount.load(
          except: ProviderChecks.registry(settings, isOffline: isOffline), in: &connection))
  }

  private static func schema(_ state: SchemaState, isUsable: Bool) -> Finding {
    switch state {
    case .current:
      return .ok(.schema, "version", "migration \(Migration.all.last?.number ?? 0), this version's")
    case .missing(let numbers):
      return .failure(
        .schema, "version", "\(numbers.count) migrations are missing, from number \(numbers[0]) on",
        do: "coinpay deploy upgrade, or coinpay migrate as the database's owner")
    case .newer(let number):
      guard isUsable else {
        return .failure(
          .schema, "version", "migration \(number) is newer than this program and rules it out",
          do: "run the newer version: coinpay deploy status")
      }
      return .warning(
        .schema, "version",
        "migration \(number) is newer than this program, which still runs with it",
        do: "finish the upgrade: coinpay deploy status")
    case .changed(let number, let name):
      return .failure(
        .schema, "version", "migration \(number) (\(name)) was applied with another text",
        do: "run the version of coinpay that applied it")
    }
  }

  private static func keys(
    _ settings: Settings, on connection: inout Connection
  ) throws(DatabaseError) -> Finding {
    let lost = try KeyChecks.findings(settings.keyRing, on: &connection).lost
    guard lost.isEmpty else {
      return .failure(
        .keys, "encryption", lost.map(\.description).joined(separator: "; "),
        do: "put the keys back into COINPAY_ENCRYPTION_KEYS; coinpay keys status")
    }
    return .ok(
      .keys, "encryption",
      "all that stored values need are there; '\(settings.keyRing.firstID)' encrypts")
  }
}
