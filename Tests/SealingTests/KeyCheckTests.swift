import Crypto
import Database
import Sealing
import Testing

@Suite struct KeyCheckTests {
  private static func verify(
    _ ring: KeyRing, _ users: inout SealedUsers
  ) throws -> [LostKey] {
    try KeyChecks.verify(ring, on: &users.connection, at: SealedUsers.now)
  }

  @Test func `a key that is lost or swapped is noticed while it has values`() throws {
    let old = try Rings.ring(("k1", 1))
    var users = try SealedUsers.make()
    #expect(try Self.verify(old, &users).isEmpty)
    try users.add("alice", old)
    let without = try Self.verify(try Rings.ring(("k2", 2)), &users)
    #expect(without == [LostKey(id: "k1", state: .missing, values: 1)])
    let swapped = try Self.verify(try Rings.ring(("k1", 9)), &users)
    #expect(swapped == [LostKey(id: "k1", state: .another, values: 1)])
    #expect("\(swapped[0])".contains("another one"))
    // A refused start leaves no trace that would let the next one pass.
    #expect(try Self.verify(try Rings.ring(("k2", 2)), &users).count == 1)
    #expect(try Self.verify(try Rings.ring(("k2", 2), ("k1", 1)), &users).isEmpty)
  }

  @Test func `a key without values may go, and its id may be used again`() throws {
    var users = try SealedUsers.make()
    #expect(try Self.verify(try Rings.ring(("k1", 1)), &users).isEmpty)
    #expect(try Self.verify(try Rings.ring(("k2", 2)), &users).isEmpty)
    #expect(try Self.verify(try Rings.ring(("k1", 9), ("k2", 2)), &users).isEmpty)
    let ids = try users.connection.all(
      "SELECT key_id FROM encryption_key_checks ORDER BY key_id", as: String.self)
    #expect(ids == ["k1", "k2"])
  }

  @Test func `values older than the checks are proved by opening them`() throws {
    let both = try Rings.ring(("k2", 2), ("k1", 1))
    var users = try SealedUsers.make(1, sealedWith: try Rings.ring(("k1", 1)))
    try users.add("bob", both)
    for (wrong, lost) in [
      (try Rings.ring(("k2", 2)), [LostKey(id: "k1", state: .missing, values: 1)]),
      (try Rings.ring(("k2", 2), ("k1", 9)), [LostKey(id: "k1", state: .another, values: 1)]),
    ] {
      #expect(try Self.verify(wrong, &users) == lost)
    }
    #expect(try Self.verify(both, &users).isEmpty)
    #expect(try Self.verify(try Rings.ring(("k2", 2)), &users).map(\.id) == ["k1"])
  }

  @Test func `to look changes nothing`() throws {
    var users = try SealedUsers.make(1, sealedWith: try Rings.ring(("k1", 1)))
    let ring = try Rings.ring(("k2", 2), ("k1", 1))
    #expect(try KeyChecks.findings(ring, on: &users.connection).lost.isEmpty)
    let count = try users.connection.first(
      "SELECT COUNT(*) FROM encryption_key_checks", as: Int64.self)
    #expect(count == 0)
  }
}
