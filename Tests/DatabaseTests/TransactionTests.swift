import Database
import Kit
import Synchronization
import Testing
import Vocabulary

@Suite struct TransactionTests {
  private static func configuration() throws -> DatabaseConfiguration {
    let configuration = try PrivateMariaDB.shared.get().makeDatabase()
    var connection = Connection(configuration)
    _ = try connection.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)")
    _ = try connection.execute("INSERT INTO t VALUES (1, 0), (2, 0)")
    return configuration
  }

  @Test func `commit keeps and rollback drops`() throws {
    var connection = Connection(try Self.configuration())
    for (keeps, expected) in [(true, 1), (false, 1), (true, 2)] {
      let result = try connection.transaction {
        (transaction) throws(DatabaseError) -> Completion<Bool> in
        _ = try transaction.execute("UPDATE t SET n = n + 1 WHERE id = 1")
        return keeps ? .commit(true) : .rollback(false)
      }
      #expect(result == keeps)
      #expect(try connection.number("SELECT n FROM t WHERE id = 1") == Int64(expected))
    }
  }

  @Test func `what is thrown rolls back and the connection goes on`() throws {
    var connection = Connection(try Self.configuration())
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        _ = try transaction.execute("UPDATE t SET n = 9 WHERE id = 1")
        _ = try transaction.execute("INSERT INTO t VALUES (2, 0)")
        return .commit(())
      }
    }
    #expect(error?.kind == .duplicateKey && error?.duplicateKeyName == "PRIMARY")
    #expect(try connection.number("SELECT n FROM t WHERE id = 1") == 0)
  }

  @Test func `a savepoint undoes its own part alone`() throws {
    var connection = Connection(try Self.configuration())
    let isFailure = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Bool> in
      _ = try transaction.execute("UPDATE t SET n = 1 WHERE id = 1")
      let inner = try transaction.savepoint { (transaction) throws(DatabaseError) -> Void in
        _ = try transaction.execute("UPDATE t SET n = 1 WHERE id = 2")
        _ = try transaction.execute("INSERT INTO t VALUES (1, 0)")
      }
      guard case .failure = inner else { return .rollback(false) }
      return .commit(true)
    }
    #expect(isFailure)
    #expect(try connection.numbers("SELECT n FROM t ORDER BY id") == [1, 0])
  }

  @Test(arguments: [1213, 1205, 1020, 1969])
  func `after an error that may have ended it a transaction does nothing more`(code: UInt16) throws
  {
    var configuration = try Self.configuration()
    let wire = try FaultyWire.inFront(of: &configuration)
    var connection = Connection(configuration)
    var (runs, refusals) = (0, [DatabaseError?]())
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        runs += 1
        _ = try transaction.execute("UPDATE t SET n = n + 1 WHERE id = 1")
        wire.arm(.error(code), after: 0)
        _ = databaseError { () throws(DatabaseError) in
          _ = try transaction.first("SELECT n FROM t WHERE id = 2", as: Int64.self)
        }
        refusals.append(
          databaseError { () throws(DatabaseError) in
            _ = try transaction.execute("UPDATE t SET n = n + 1 WHERE id = 2")
          })
        _ = databaseError { () throws(DatabaseError) in
          _ = try transaction.savepoint { (_) throws(DatabaseError) -> Void in }
        }
        return .commit(())
      }
    }
    #expect(refusals.allSatisfy { $0?.code == UInt32(code) } && error?.code == UInt32(code))
    #expect(
      runs
        == (code == 1969
          ? 1 : code == 1205 ? Limits.lockTimeoutsMax : Limits.transactionAttemptsMax))
  }

  @Test func `a transaction that the server has ended by itself is noticed`() throws {
    var connection = Connection(try Self.configuration())
    var runs = 0
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        runs += 1
        // Ends the transaction without an error, as a proxy or a server that lost it would.
        _ = try transaction.execute("ROLLBACK")
        _ = try transaction.execute("UPDATE t SET n = n + 1 WHERE id = 2")
        return .commit(())
      }
    }
    #expect(error?.kind == .transactionGone && runs == Limits.transactionAttemptsMax)
    let commit = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        _ = try transaction.execute("ROLLBACK")
        return .commit(())
      }
    }
    #expect(commit?.kind == .transactionGone)
    #expect(try connection.numbers("SELECT n FROM t ORDER BY id") == [0, 0])
  }

  @Test func `what waits for the commit is done once, and only for what was committed`() throws {
    var connection = Connection(try Self.configuration())
    var done: [String] = []
    for (name, keeps) in [("rolled back", false), ("committed", true)] {
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        transaction.afterCommit { done.append(name) }
        let undone = try transaction.savepoint { (transaction) throws(DatabaseError) -> Void in
          transaction.afterCommit { done.append("undone") }
          _ = try transaction.execute("INSERT INTO t VALUES (1, 0)")
        }
        guard case .failure = undone else { return .rollback(()) }
        #expect(done.isEmpty)
        return keeps ? .commit(()) : .rollback(())
      }
    }
    _ = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        transaction.afterCommit { done.append("thrown") }
        _ = try transaction.execute("INSERT INTO t VALUES (1, 0)")
        return .commit(())
      }
    }
    #expect(done == ["committed"])
  }

  @Test func `an error names the key that is taken and not the value`() throws {
    var connection = Connection(try Self.configuration())
    _ = try connection.execute("CREATE TABLE m (m VARCHAR(40) PRIMARY KEY)")
    let errors = [
      ("INSERT INTO m VALUES ('li@mail.example'), ('li@mail.example')" as SQL),
      "INSERT INTO t VALUES ('li@mail.example', 1)",
    ].map { sql in
      databaseError { () throws(DatabaseError) in _ = try connection.execute(sql) }?.description
        .split(separator: " [").first.map(String.init)
    }
    #expect(errors[0] == "1062 Duplicate entry for key 'PRIMARY'")
    #expect(errors[1]?.hasPrefix("1366 Incorrect integer value: …") == true)
  }

  @Test func `a deadlock runs the whole body again and both succeed`() throws {
    let configuration = try Self.configuration()
    let runs = Atomic(0)
    let failures = Atomic(0)
    let bodies: [@Sendable () -> Void] = [[1, 2], [2, 1]].map { order in
      return {
        var connection = Connection(configuration)
        do throws(DatabaseError) {
          for _ in 1...20 {
            try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
              runs.add(1, ordering: .relaxed)
              for id in order {
                _ = try transaction.execute("UPDATE t SET n = n + 1 WHERE id = \(Int64(id))")
              }
              return .commit(())
            }
          }
        } catch {
          failures.add(1, ordering: .relaxed)
        }
      }
    }
    try concurrently(bodies)
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(runs.load(ordering: .relaxed) >= 40)
    var connection = Connection(configuration)
    #expect(try connection.numbers("SELECT n FROM t ORDER BY id") == [40, 40])
  }

  @Test func `a transaction that always fails for a while is given up`() throws {
    var connection = Connection(try Self.configuration())
    var runs = 0
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        runs += 1
        _ = try transaction.execute("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213")
        return .commit(())
      }
    }
    #expect(error?.kind == .deadlock)
    #expect(runs == Limits.transactionAttemptsMax)
  }

  @Test func `a lock that is held too long is a lock timeout`() throws {
    let configuration = try Self.configuration()
    var holder = Connection(configuration)
    var waiter = Connection(configuration)
    _ = try waiter.execute("SET SESSION innodb_lock_wait_timeout = 1")
    let kind = try holder.transaction {
      (transaction) throws(DatabaseError) -> Completion<DatabaseError.Kind?> in
      _ = try transaction.execute("UPDATE t SET n = 1 WHERE id = 1")
      let error = databaseError { () throws(DatabaseError) in
        _ = try waiter.execute("UPDATE t SET n = 2 WHERE id = 1")
      }
      return .commit(error?.kind)
    }
    #expect(kind == .lockTimeout)
  }

  @Test func `a snapshot sees one moment`() throws {
    let configuration = try Self.configuration()
    var reader = Connection(configuration)
    var writer = Connection(configuration)
    let seen = try reader.snapshot { (transaction) throws(DatabaseError) -> [Int64] in
      let before = try transaction.first("SELECT n FROM t WHERE id = 1", as: Int64.self)
      _ = try writer.execute("UPDATE t SET n = 7 WHERE id = 1")
      let after = try transaction.first("SELECT n FROM t WHERE id = 1", as: Int64.self)
      return [before, after].compactMap { $0 }
    }
    #expect(seen == [0, 0])
  }

  @Test func `one at a time holds a named lock`() throws {
    let configuration = try Self.configuration()
    let inside = Atomic(0)
    let most = Atomic(0)
    let body: @Sendable () -> Void = {
      var connection = Connection(configuration)
      let result = try? connection.withNamedLock("kit_lock", timeoutSeconds: 20) {
        (_: inout Connection) throws(DatabaseError) -> Bool in
        let now = inside.add(1, ordering: .sequentiallyConsistent).newValue
        if now > most.load(ordering: .relaxed) { most.store(now, ordering: .relaxed) }
        inside.subtract(1, ordering: .sequentiallyConsistent)
        return true
      }
      if result != .some(true) { most.store(99, ordering: .relaxed) }
    }
    try concurrently(Array(repeating: body, count: 6))
    #expect(most.load(ordering: .relaxed) == 1)
  }
}
