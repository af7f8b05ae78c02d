import Database
import Synchronization
import Vocabulary

/// One request at a time brings a payment into being; the others wait for what comes of it.
///
/// The turn is a lock of the database by name, so that it ends with the connection of a worker that
/// dies, and holds between the processes of all hosts on one server. It only spares the provider calls
/// at the same time: what makes them safe is that each is a repetition.
final class StartTurns: Sendable {
  private struct Waiting {
    var all = 0
    var byPayment: [PaymentID: Int] = [:]
  }

  private let waiting = Mutex(Waiting())
  /// Requests of one process that wait at the same time; more would take the threads from others.
  let waitersMax: Int

  /// Requests that wait for one payment: whoever repeats a wish does not take all the threads.
  static let waitersOfOnePaymentMax = 4
  /// Longest wait, in seconds: as long as a call to a provider may take.
  static let waitSecondsMax: Int64 = 12

  /// - Parameter threads: that answer buyers; half of them may wait.
  init(threads: Int) { waitersMax = max(1, threads / 2) }

  enum Turn {
    case taken
    /// Another request had it and is done.
    case waited
    /// Another request has it, for longer than anybody waits, or as many as may wait already.
    case busy
  }

  /// Takes the turn, or waits until whoever has it is done.
  func take(
    _ id: PaymentID, on connection: inout Connection
  ) throws(DatabaseError) -> Turn {
    if try lock(id, seconds: 0, on: &connection) { return .taken }
    guard queueUp(for: id) else { return .busy }
    defer { stopWaiting(for: id) }
    guard try lock(id, seconds: Self.waitSecondsMax, on: &connection) else { return .busy }
    try release(id, on: &connection)
    return .waited
  }

  private func queueUp(for id: PaymentID) -> Bool {
    waiting.withLock { waiting in
      let ofPayment = waiting.byPayment[id, default: 0]
      guard waiting.all < waitersMax, ofPayment < Self.waitersOfOnePaymentMax else { return false }
      waiting.all += 1
      waiting.byPayment[id] = ofPayment + 1
      return true
    }
  }

  private func stopWaiting(for id: PaymentID) {
    waiting.withLock { waiting in
      waiting.all -= 1
      let left = waiting.byPayment[id, default: 1] - 1
      waiting.byPayment[id] = left > 0 ? left : nil
    }
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
