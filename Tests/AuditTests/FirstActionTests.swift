import Audit
import Database
import Kit
import Testing
import Threads
import Vocabulary

@Suite struct FirstActionTests {
  private static let operators = 16

  @Test func `of many first actions at once each follows another one`() throws {
    let configuration = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    let failures = Monitor<[String]>([])
    let threads = try (1...Self.operators).map { number in
      try WorkerThread.start(name: "operator-\(number)", stackBytes: 1024 * 1024) {
        var connection = Connection(configuration)
        do throws(DatabaseError) {
          _ = try connection.transaction { (transaction) throws(DatabaseError) in
            let action = OperatorAction(
              actor: "cli:\(number)", kind: .pause, subject: "x", reason: "y")
            return .commit(try action.record(in: &transaction, at: Timestamp(unixSeconds: 1)))
          }
        } catch { failures.withLock { $0.append("\(error)") } }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    var connection = Connection(configuration)
    let counts = try connection.first(
      "SELECT COUNT(*), COUNT(DISTINCT previous_hash) FROM operator_actions",
      as: (Int64, Int64).self)
    #expect(counts?.0 == Int64(Self.operators) && counts?.1 == Int64(Self.operators))
  }
}
