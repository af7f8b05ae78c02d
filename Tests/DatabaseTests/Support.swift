import Database
import Kit
import Synchronization
import Threads

/// A connection to a fresh database of the shared server.
func freshConnection() throws -> Connection {
  Connection(try PrivateMariaDB.shared.get().makeDatabase())
}

/// Runs bodies at the same time, each on a thread of its own, and waits for all.
func concurrently(_ bodies: [@Sendable () -> Void]) throws {
  let threads = try bodies.map {
    try WorkerThread.start(name: "test", stackBytes: 1024 * 1024, body: $0)
  }
  for thread in threads { thread.join() }
}

/// The error that `body` throws, or nil.
func databaseError(_ body: () throws(DatabaseError) -> Void) -> DatabaseError? {
  do throws(DatabaseError) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Connection {
  /// The one number that a query gives.
  mutating func number(_ sql: SQL) throws(DatabaseError) -> Int64? {
    try first(sql, as: Int64.self)
  }

  /// The numbers of a query's one column.
  mutating func numbers(_ sql: SQL) throws(DatabaseError) -> [Int64] {
    try all(sql, as: Int64.self)
  }
}
