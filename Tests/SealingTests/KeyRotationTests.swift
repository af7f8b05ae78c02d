import Crypto
import Database
import Sealing
import Testing
import Threads
import Vocabulary

@Suite struct KeyRotationTests {
  private static func rotate(
    _ ring: KeyRing, _ users: inout SealedUsers
  ) throws -> KeyRotation.Progress {
    try KeyRotation(ring: ring).rotate(.userEmail, on: &users.connection) { _ in }
  }

  @Test func `everything is read with the new key alone afterwards, and a second run does nothing`()
    throws
  {
    let old = try Rings.ring(("k1", 1))
    let new = try Rings.ring(("k2", 2))
    var users = try SealedUsers.make(250, sealedWith: old)
    let before = try users.addresses(old)
    let both = try Rings.ring(("k2", 2), ("k1", 1))
    #expect(try Self.rotate(both, &users).reencrypted == 250)
    #expect(try users.addresses(new) == before)
    let usage = try KeyUsage.count(on: &users.connection)
    #expect(usage.counts == ["k2": ["users.email": 250]])
    #expect(try Self.rotate(both, &users).reencrypted == 0)
  }

  @Test func `a rotation that broke off goes on where it is needed`() throws {
    let old = try Rings.ring(("k1", 1))
    let both = try Rings.ring(("k2", 2), ("k1", 1))
    var users = try SealedUsers.make(30, sealedWith: old)
    for number in 1...10 { try users.set("done@b.example", of: UserID(Int64(number)), both) }
    #expect(try Self.rotate(both, &users).reencrypted == 20)
    #expect(try users.addresses(try Rings.ring(("k2", 2))).count == 30)
  }

  @Test func `what no key opens is named and left as it is`() throws {
    var users = try SealedUsers.make(3, sealedWith: try Rings.ring(("k1", 1)))
    // A box that was moved from another row.
    _ = try users.connection.execute(
      "UPDATE users u JOIN users v ON v.id = 1 SET u.email = v.email WHERE u.id = 2")
    let progress = try Self.rotate(try Rings.ring(("k2", 2), ("k1", 1)), &users)
    #expect((progress.reencrypted, progress.unreadable) == (2, [2]))
    let usage = try KeyUsage.count(on: &users.connection)
    #expect((usage.values(of: "k1"), usage.values(of: "k2")) == (1, 2))
  }

  @Test func `another writer always wins`() throws {
    let old = try Rings.ring(("k1", 1))
    let both = try Rings.ring(("k2", 2), ("k1", 1))
    var users = try SealedUsers.make(40, sealedWith: old)
    let written = Monitor<[Int64: String]>([:])
    let isOver = Monitor(false)
    let configuration = users.configuration
    let writer = try WorkerThread.start(name: "writer", stackBytes: 1024 * 1024) {
      var connection = Connection(configuration)
      var round = 0
      while !isOver.withLock({ $0 }) {
        round += 1
        let id = Int64(round % 40 + 1)
        let text = "round\(round)@c.example"
        // Now with the old key, as a worker that was not restarted, now with the new one.
        let ring = round.isMultiple(of: 3) ? old : both
        do {
          try EmailBook.write(text, of: id, ring, on: &connection)
          written.withLock { $0[id] = text }
        } catch {
          Issue.record("\(error)")
          return
        }
      }
    }
    while written.withLock({ $0.count }) < 40 { _ = try Self.rotate(both, &users) }
    isOver.withLock { $0 = true }
    writer.join()
    #expect(try Self.rotate(both, &users).unreadable.isEmpty)
    let addresses = try users.addresses(try Rings.ring(("k2", 2)))
    let expected = written.withLock { texts in (1...40).map { texts[Int64($0)] ?? "" } }
    #expect(addresses == expected)
  }

  @Test func `every binary column that holds secrets is described`() throws {
    var users = try SealedUsers.make()
    let columns = try users.connection.all(
      """
      SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND data_type IN ('varbinary', 'blob', 'mediumblob')
        AND table_name <> 'encryption_key_checks'
      """, as: String.self)
    #expect(columns.sorted() == SealedColumn.all.map(\.name).sorted())
  }
}
