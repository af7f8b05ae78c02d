public import Vocabulary

/// What the body of a transaction wants to happen to it.
public enum Completion<R> {
  case commit(R)
  case rollback(R)
}

/// An open transaction. It exists only inside `Connection.transaction` and cannot be kept.
///
/// Invariant: a statement runs only while the server has this very transaction open. After an error that
/// may have rolled it back every further statement, and the commit, throws that error again: the next
/// statement would otherwise be a transaction of its own, and half of the work would stay.
public struct Transaction: ~Copyable, SQLExecutor {
  private let open: Session
  /// What ended it before its body did.
  fileprivate private(set) var end: DatabaseError?
  fileprivate private(set) var notes: [() -> Void] = []

  init(_ session: Session) { open = session }

  /// Has something done once, after the commit: what is rolled back never happened, and a body that
  /// runs again begins anew.
  public mutating func afterCommit(_ note: @escaping () -> Void) { notes.append(note) }

  public mutating func session() throws(DatabaseError) -> Session {
    try checkIsOpen()
    return open
  }

  public mutating func statementFailed(_ error: DatabaseError) {
    if end == nil, !error.leavesTransactionWhole { end = error }
  }

  public mutating func mayAskAgain(after error: DatabaseError) -> Bool { false }

  /// - Throws: what ended the transaction.
  fileprivate mutating func checkIsOpen() throws(DatabaseError) {
    if let end { throw end }
    guard open.isInTransaction else {
      let error = DatabaseError(
        kind: .transactionGone, code: 0,
        message: "the server has ended the transaction without an error", statement: "")
      end = error
      throw error
    }
  }

  private mutating func run(_ text: String) throws(DatabaseError) {
    do throws(DatabaseError) {
      try session().run(text)
    } catch {
      statementFailed(error)
      throw error
    }
  }

  /// Runs `body` behind a savepoint and undoes it alone when it fails.
  ///
  /// - Throws: what ends the whole transaction, such as a deadlock or the loss of the connection.
  /// - Returns: the result, or the error after which the savepoint was restored.
  public mutating func savepoint<R>(
    _ body: (inout Transaction) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> Result<R, DatabaseError> {
    try run("SAVEPOINT coinpay")
    let notesBefore = notes.count
    do throws(DatabaseError) {
      return .success(try body(&self))
    } catch {
      if let end { throw end }
      if error.isTransient || error.endsConnection { throw error }
      try run("ROLLBACK TO SAVEPOINT coinpay")
      notes.removeSubrange(notesBefore...)
      return .failure(error)
    }
  }
}

extension Connection {
  /// First wait before a transaction is run again, in microseconds; doubles, with jitter.
  static let firstRetryMicroseconds: UInt32 = 500
  static let retryMicrosecondsMax: UInt32 = 100_000

  /// Runs `body` in a transaction.
  ///
  /// After a deadlock or a lock timeout, also one reported by COMMIT, the whole body runs again, at
  /// most `Limits.transactionAttemptsMax` times in all. Whatever `body` throws rolls back.
  /// - Parameter lockTimeoutsMax: gives up at this lock timeout: each costs seconds.
  /// - Throws: `outcomeUnknown` when the connection was lost during COMMIT.
  public mutating func transaction<R>(
    lockTimeoutsMax: Int = Limits.lockTimeoutsMax,
    _ body: (inout Transaction) throws(DatabaseError) -> Completion<R>
  ) throws(DatabaseError) -> R {
    var (attempt, lockTimeouts) = (1, 0)
    while true {
      do throws(DatabaseError) {
        return try attemptTransaction(body)
      } catch {
        if error.kind == .lockTimeout { lockTimeouts += 1 }
        guard error.isTransient, attempt < Limits.transactionAttemptsMax,
          lockTimeouts < lockTimeoutsMax
        else { throw error }
        pause(beforeAttempt: attempt)
        attempt += 1
      }
    }
  }

  /// Runs queries that all see the tables as they are at one moment, without locking anything.
  public mutating func snapshot<R>(
    _ body: (inout Transaction) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R {
    let session = try begin(
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
      "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    var transaction = Transaction(session)
    do throws(DatabaseError) {
      let result = try body(&transaction)
      rollBack(session, after: nil)
      return result
    } catch {
      rollBack(session, after: error)
      throw error
    }
  }

  private mutating func attemptTransaction<R>(
    _ body: (inout Transaction) throws(DatabaseError) -> Completion<R>
  ) throws(DatabaseError) -> R {
    let session = try begin("START TRANSACTION")
    var transaction = Transaction(session)
    let completion: Completion<R>
    do throws(DatabaseError) {
      completion = try body(&transaction)
    } catch {
      // A body that was not stopped by what ended the transaction may have failed because of it.
      let cause = transaction.end ?? error
      rollBack(session, after: cause)
      throw cause
    }
    switch completion {
    case .commit(let value):
      try commit(session, &transaction)
      for note in transaction.notes { note() }
      return value
    case .rollback(let value):
      rollBack(session, after: transaction.end)
      return value
    }
  }

  /// Nothing was done yet: a connection that is found to be lost is replaced.
  private mutating func begin(_ statements: StaticString...) throws(DatabaseError) -> Session {
    do throws(DatabaseError) {
      return try run(statements)
    } catch {
      statementFailed(error)
      guard mayAskAgain(after: error) else { throw error }
    }
    do throws(DatabaseError) {
      return try run(statements)
    } catch {
      statementFailed(error)
      throw error
    }
  }

  private mutating func run(_ statements: [StaticString]) throws(DatabaseError) -> Session {
    let session = try session()
    for statement in statements { try session.run(statement.description) }
    return session
  }

  private mutating func commit(
    _ session: Session, _ transaction: inout Transaction
  ) throws(DatabaseError) {
    do throws(DatabaseError) {
      try transaction.checkIsOpen()
    } catch {
      rollBack(session, after: error)
      throw error
    }
    do throws(DatabaseError) {
      try session.run("COMMIT")
    } catch {
      guard error.kind == .connectionLost else {
        rollBack(session, after: error)
        throw error
      }
      drop()
      throw DatabaseError(
        kind: .outcomeUnknown, code: error.code, message: error.message, statement: "COMMIT")
    }
  }

  /// A failing ROLLBACK never hides what caused it: the connection is dropped, and with it the
  /// transaction.
  private mutating func rollBack(_ session: Session, after error: DatabaseError?) {
    if let error, error.endsConnection {
      drop()
      return
    }
    do throws(DatabaseError) { try session.run("ROLLBACK") } catch { drop() }
  }

  private func pause(beforeAttempt attempt: Int) {
    let doubled = Connection.firstRetryMicroseconds << UInt32(min(attempt - 1, 10))
    let limit = min(doubled, Connection.retryMicrosecondsMax)
    sleepMicroseconds(UInt32.random(in: (limit / 2)...limit))
  }
}
