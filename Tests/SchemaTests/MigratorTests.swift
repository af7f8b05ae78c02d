import Database
import Kit
import Testing
import Threads
import Vocabulary

@testable import Schema

@Suite struct MigratorTests {
  static let now = Timestamp(unixSeconds: 1_800_000_000)

  private static func names(_ outcome: MigrationOutcome) -> [String]? {
    guard case .applied(let migrations) = outcome else { return nil }
    return migrations.map(\.name)
  }

  @Test func `a second run has nothing to do`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeDatabase())
    let migrator = Migrator()
    let first = try migrator.migrate(&connection, now: Self.now) { _ in }
    let second = try migrator.migrate(&connection, now: Self.now) { _ in }
    #expect(Self.names(first) == Migration.all.map(\.name))
    #expect(Self.names(second) == [])
    #expect(try migrator.isUsable(&connection))
  }

  @Test func `two at once apply each migration once`() throws {
    let configuration = try PrivateMariaDB.shared.get().makeDatabase()
    let applied = Monitor<[String]>([])
    let threads = try (1...4).map { _ in
      try WorkerThread.start(name: "migrate", stackBytes: 1024 * 1024) {
        var connection = Connection(configuration)
        let outcome = try? Migrator().migrate(&connection, now: Self.now) { _ in }
        let names = outcome.flatMap(Self.names) ?? ["failed"]
        applied.withLock { $0 += names }
      }
    }
    for thread in threads { thread.join() }
    #expect(applied.withLock { $0 } == Migration.all.map(\.name))
  }

  @Test func `another text of an applied migration is refused`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeDatabase())
    let one = Migration(number: 1, name: "one", text: "CREATE TABLE a (id INT);")
    let changed = Migration(number: 1, name: "one", text: "CREATE TABLE a (id BIGINT);")
    let two = Migration(number: 2, name: "two", text: "CREATE TABLE b (id INT);")
    _ = try Migrator(migrations: [one]).migrate(&connection, now: Self.now) { _ in }
    let refused = try Migrator(migrations: [changed, two]).migrate(&connection, now: Self.now) {
      _ in
    }
    guard case .checksumDiffers(number: 1, name: "one") = refused else {
      Issue.record("\(refused)")
      return
    }
    let added = try Migrator(migrations: [one, two]).migrate(&connection, now: Self.now) { _ in }
    #expect(Self.names(added) == ["two"])
    let older = try Migrator(migrations: [one]).migrate(&connection, now: Self.now) { _ in }
    guard case .newerSchema(number: 2) = older else {
      Issue.record("\(older)")
      return
    }
  }

  @Test func `an older binary runs with a newer schema unless a migration forbids it`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeDatabase())
    let one = Migration(number: 1, name: "one", text: "CREATE TABLE a (id INT);")
    let adds = Migration(number: 2, name: "adds", text: "ALTER TABLE a ADD b INT;")
    let removes = Migration(
      number: 3, name: "removes", text: "ALTER TABLE a DROP b;", oldestBinary: 2)
    func isUsable(_ known: Migration..., by connection: inout Connection) throws -> Bool {
      try Migrator(migrations: known).isUsable(&connection)
    }
    _ = try Migrator(migrations: [one]).migrate(&connection, now: Self.now) { _ in }
    #expect(try isUsable(one, by: &connection))
    #expect(try !isUsable(one, adds, by: &connection))
    _ = try Migrator(migrations: [one, adds]).migrate(&connection, now: Self.now) { _ in }
    #expect(try isUsable(one, by: &connection))
    _ = try Migrator(migrations: [one, adds, removes]).migrate(&connection, now: Self.now) { _ in }
    #expect(try !isUsable(one, by: &connection))
    #expect(try isUsable(one, adds, by: &connection))
  }

  @Test func `migrations are numbered in ascending order and hold whole statements`() {
    let numbers = Migration.all.map(\.number)
    #expect(numbers.first == 1 && numbers == Set(numbers).sorted())
    for statement in Migration.all.flatMap(\.statements) {
      let word = statement.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
      #expect(["CREATE", "ALTER", "INSERT", "UPDATE"].contains(String(word)))
    }
  }

  @Test func `a database account is plain text`() {
    #expect(DatabaseAccount("coinpay_worker@localhost") != nil)
    for text in ["", "a", "@b", "a@", "a'@b", "a@b@c", "a b@c", "a@b;DROP"] {
      #expect(DatabaseAccount(text) == nil)
    }
  }
}
