public import Database
public import Vocabulary

/// What a run of the migrator came to. A refusal changes nothing.
public enum MigrationOutcome: Sendable {
  /// The migrations that were applied now; empty when there was nothing to do.
  case applied([Migration])
  /// Another migrator held the lock for `Migrator.lockTimeoutSeconds`.
  case locked
  /// The text of an applied migration differs from the one in this binary.
  case checksumDiffers(number: Int64, name: String)
  /// The database has a migration that this binary does not know.
  case newerSchema(number: Int64)
}

/// How a database's schema relates to the one that this binary was built with.
public enum SchemaState: Hashable, Sendable {
  case current
  /// Migrations that are still to be applied; all of them when the database is empty.
  case missing(numbers: [Int64])
  /// The database has a migration that this binary does not know.
  case newer(number: Int64)
  /// The text of an applied migration differs from the one in this binary.
  case changed(number: Int64, name: String)
}

/// Brings a database to the schema that this binary was built with.
public struct Migrator: Sendable {
  private let migrations: [Migration]

  static let lockName = "coinpay_migrate"
  /// How long a second migrator waits for the first.
  public static let lockTimeoutSeconds = 120

  public init(migrations: [Migration] = Migration.all) { self.migrations = migrations }

  /// Applies what is missing, under a named lock, so that two at once are safe.
  ///
  /// - Parameter report: called before each migration is applied.
  /// - Throws: what MariaDB answered; the migration that failed is not recorded and can be run again.
  public func migrate(
    _ connection: inout Connection, now: Timestamp, report: (Migration) -> Void
  ) throws(DatabaseError) -> MigrationOutcome {
    let outcome = try connection.withNamedLock(
      Migrator.lockName, timeoutSeconds: Migrator.lockTimeoutSeconds
    ) { (connection: inout Connection) throws(DatabaseError) -> MigrationOutcome in
      try applyMissing(&connection, now: now, report: report)
    }
    return outcome ?? .locked
  }

  /// Whether this binary can run with the database: its migrations are all applied, and no newer one
  /// asks for a newer binary. So the old version runs on while the new one is brought in.
  public func isUsable(_ connection: inout Connection) throws(DatabaseError) -> Bool {
    let last = migrations.last?.number ?? 0
    let row = try connection.first(
      """
      SELECT COUNT(CASE WHEN number <= \(last) THEN 1 END), COALESCE(MAX(oldest_binary), 0)
      FROM schema_migrations
      """, as: (Int64, Int64).self)
    return row.map { applied, oldestBinary in
      applied == Int64(migrations.count) && oldestBinary <= last
    } ?? false
  }

  /// Compares the migrations that were applied with those of this binary.
  public func state(_ connection: inout Connection) throws(DatabaseError) -> SchemaState {
    let applied = try connection.all(
      "SELECT number, name, checksum FROM schema_migrations ORDER BY number",
      as: (Int64, String, [UInt8]).self)
    for (number, name, checksum) in applied {
      guard let known = migrations.first(where: { $0.number == number }) else {
        return .newer(number: number)
      }
      guard known.checksum == checksum else { return .changed(number: number, name: name) }
    }
    let known = Set(applied.map(\.0))
    let missing = migrations.map(\.number).filter { !known.contains($0) }
    return missing.isEmpty ? .current : .missing(numbers: missing)
  }

  private func applyMissing(
    _ connection: inout Connection, now: Timestamp, report: (Migration) -> Void
  ) throws(DatabaseError) -> MigrationOutcome {
    _ = try connection.execute(
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (
        number BIGINT NOT NULL PRIMARY KEY,
        name VARCHAR(64) NOT NULL,
        checksum BINARY(32) NOT NULL,
        applied_at DATETIME(6) NOT NULL,
        oldest_binary BIGINT NOT NULL DEFAULT 0
      ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
      """)
    _ = try connection.execute(
      """
      ALTER TABLE schema_migrations
        ADD COLUMN IF NOT EXISTS oldest_binary BIGINT NOT NULL DEFAULT 0
      """)
    let missing: [Migration]
    switch try state(&connection) {
    case .newer(let number): return .newerSchema(number: number)
    case .changed(let number, let name): return .checksumDiffers(number: number, name: name)
    case .current: missing = []
    case .missing(let numbers): missing = migrations.filter { numbers.contains($0.number) }
    }
    for migration in missing {
      report(migration)
      for statement in migration.statements { try connection.executeMigrationText(statement) }
      _ = try connection.execute(
        """
        INSERT INTO schema_migrations (number, name, checksum, applied_at, oldest_binary)
        VALUES (\(migration.number), \(migration.name), \(migration.checksum), \(now),
          \(migration.oldestBinary))
        """)
    }
    return .applied(missing)
  }
}
