import Database
import Synchronization
import Vocabulary

/// One request at a time brings a payment into being; the others wait for what comes of it.
///
/// The turn is a lock of the database by name, so that it ends with the connection of a worker that
/// dies, and holds between the processes of all hosts on one server. It only spares the provider calls
/// at the same time: what makes them safe is that each is a repetition.
final class StartTurns: Sendable {
  private let waiting = Mutex(0)

  /// Requests of one process that wait at the same time; more would take the threads from others.
  static let waitersMax = 4
  /// Longest wait, in seconds: as long as a call to a provider may take.
  static let waitSecondsMax: Int64 = 12

  enum Turn {
    case taken
    /// Another request had it and is done.
    case waited
    /// Another request has it, for longer than anybody waits.
    case busy
  }

  /// Takes the turn, or waits until whoever has it is done.
  func take(
    _ id: PaymentID, on connection: inout Connection
  ) throws(DatabaseError) -> Turn {
    if try lock(id, seconds: 0, on: &connection) { return .taken }
    let mayWait = waiting.withLock { waiting in
      guard waiting < Self.waitersMax else { return false }
      waiting += 1
      return true
    }
    guard mayWait else { return .busy }
    defer { waiting.withLock { $0 -= 1 } }
    guard try lock(id, seconds: Self.waitSecondsMax, on: &connection) else { return .busy }
    try release(id, on: &connection)
    return .waited
  }

  private func lock(
    _ id: PaymentID, seconds: Int64, on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let answer = try connection.first(
      "SELECT GET_LOCK(CONCAT(DATABASE(), '.start.', \(id)), \(seconds))", as: Int64?.self)
    return (answer ?? nil) == 1
  }

  func release(_ id: PaymentID, on connection: inout Connection) throws(DatabaseError) {
    _ = try connection.first(
      "SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.start.', \(id)))", as: Int64?.self)
  }
}
