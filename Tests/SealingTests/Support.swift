import Accounts
import Crypto
import Database
import Kit
import Sealing
import Vocabulary

/// A database with users whose e-mail addresses are sealed, which are the values of these tests.
struct SealedUsers: ~Copyable {
  var connection: Connection
  let configuration: DatabaseConfiguration

  static let now = Timestamp(unixSeconds: 1_800_000_000)

  static func make(_ count: Int = 0, sealedWith ring: KeyRing? = nil) throws -> SealedUsers {
    let configuration = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    var users = SealedUsers(
      connection: Connection(configuration), configuration: configuration)
    if let ring { for number in 0..<count { try users.add("user\(number)", ring) } }
    return users
  }

  mutating func add(_ name: String, _ ring: KeyRing) throws {
    let result = try connection.execute(
      """
      INSERT INTO users (username, created_at, updated_at)
      VALUES (\(name), \(Self.now), \(Self.now))
      """)
    try set("\(name)@a.example", of: UserID(result.lastInsertID), ring)
  }

  mutating func set(_ address: String, of id: UserID, _ ring: KeyRing) throws {
    try EmailDesk(keyRing: ring).set(
      EmailAddress(address), of: id, in: &connection, at: Self.now)
  }

  /// All addresses in the order of their users.
  mutating func addresses(_ ring: KeyRing) throws -> [String] {
    let ids = try connection.all("SELECT id FROM users ORDER BY id", as: UserID.self)
    var texts: [String] = []
    for id in ids {
      texts.append(try EmailDesk(keyRing: ring).address(of: id, in: &connection)?.text ?? "")
    }
    return texts
  }
}

enum Rings {
  /// `ring(("k2", 2), ("k1", 1))`: ids with a byte that makes the key.
  static func ring(_ entries: (id: String, byte: UInt8)...) throws -> KeyRing {
    try KeyRing(
      setting: entries.map { entry in
        "\(entry.id):\(Base64.encode([UInt8](repeating: entry.byte, count: 32)))"
      }.joined(separator: ","))
  }
}

enum EmailBook {
  static func write(
    _ text: String, of id: Int64, _ ring: KeyRing, on connection: inout Connection
  ) throws {
    try EmailDesk(keyRing: ring).set(
      EmailAddress(text), of: UserID(id), in: &connection, at: SealedUsers.now)
  }
}
