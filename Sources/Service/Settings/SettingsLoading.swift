import ArgumentParser
import Database
import Vocabulary

extension Settings {
  /// The settings of this process.
  /// - Throws: exit code 78 after all problems were listed.
  static func load() throws -> Settings { try reportingProblems(read) }

  /// The database and the days of a purge.
  static func loadForPurge() throws -> (DatabaseConfiguration, days: Int) {
    try reportingProblems(readForPurge)
  }

  private static func reportingProblems<R>(
    _ read: ([String: String]) throws(Problems) -> R
  ) throws -> R {
    do throws(Problems) {
      return try read(Variables.all())
    } catch {
      for line in error.lines { Console.complain(line) }
      throw ExitCode.configuration
    }
  }

  /// The site's time zone, in which everything for programs writes its times.
  static func loadZone() throws -> TimeZoneOffset { try reportingProblems(readZone) }

  /// A connection for a command.
  static func loadConnection() throws -> Connection {
    Connection(try reportingProblems(readDatabase))
  }

  /// What one statement over a whole table may take: proofs and migrations of large books. The
  /// duties that run them end by their own time-out, in hours as well.
  private static let wholeTableSecondsMax: UInt32 = 4 * 3_600

  /// A connection for statements over whole tables, which take longer than any of the worker's.
  static func loadPatientConnection() throws -> Connection {
    var configuration = try reportingProblems(readDatabase)
    configuration.readTimeoutSeconds = wholeTableSecondsMax
    return Connection(configuration)
  }
}

/// Runs the body of a command; trouble with the database becomes a message and an exit code.
func reportingDatabaseTrouble(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as DatabaseError {
    Console.complain("the database failed: \(error)")
    throw error.kind == .connectionLost ? ExitCode.unavailable : ExitCode.failure
  }
}
