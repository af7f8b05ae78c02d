public import Crypto
import Database

/// A column that holds values encrypted with AES-256-GCM, described once: whoever writes, reads or
/// re-encrypts its values does it by this.
///
/// The associated data of a box is `table.column|place`, where the place is what identifies the row
/// for good. So no box can be moved to another row or column.
public struct SealedColumn: Sendable {
  /// `payments.presentation`
  public let name: String
  let table: SQL
  let column: SQL
  /// The primary key, a BIGINT.
  let number: SQL
  /// Gives the place of a row as text, its parts joined by `|`.
  let place: SQL

  /// Every encrypted column there is. A new one is added here, or key rotation passes it by.
  public static let all = [
    notificationBody, paymentPresentation, paymentStartRequest, userEmail, secondFactorSecret,
    sealKey,
  ]

  /// Raw notifications, which name buyers and their accounts at the provider.
  public static let notificationBody = SealedColumn(
    name: "payment_events.body", table: "payment_events", column: "body", number: "id",
    place: "CONCAT_WS('|', provider, event_key)")

  /// How a user goes on to pay: an address, a QR text or a client secret.
  public static let paymentPresentation = SealedColumn(
    name: "payments.presentation", table: "payments", column: "presentation", number: "id",
    place: "out_trade_no")

  /// What a provider is sent in order to bring a payment into being.
  public static let paymentStartRequest = SealedColumn(
    name: "payments.start_request", table: "payments", column: "start_request", number: "id",
    place: "out_trade_no")

  public static let userEmail = SealedColumn(
    name: "users.email", table: "users", column: "email", number: "id",
    place: "CAST(id AS CHAR)")

  /// What an operator's app makes one-time passwords from.
  public static let secondFactorSecret = SealedColumn(
    name: "second_factors.secret", table: "second_factors", column: "secret", number: "user_id",
    place: "CAST(user_id AS CHAR)")

  /// The key by which rows about money are sealed.
  public static let sealKey = SealedColumn(
    name: "seal_keys.box", table: "seal_keys", column: "box", number: "id",
    place: "CAST(id AS CHAR)")

  private func associatedData(_ place: String) -> [UInt8] { Array("\(name)|\(place)".utf8) }

  /// Encrypts a value for its row with the first key.
  public func seal(
    _ plaintext: [UInt8], at place: String, with ring: KeyRing
  ) throws(CryptoError) -> [UInt8] {
    try ring.seal(plaintext, associatedData: associatedData(place))
  }

  /// Decrypts the value of a row.
  public func open(
    _ box: [UInt8], at place: String, with ring: KeyRing
  ) throws(CryptoError) -> [UInt8] {
    try ring.open(box, associatedData: associatedData(place))
  }
}

extension SealedColumn {
  /// A value that the first key of a ring did not seal.
  struct StaleValue {
    let number: Int64
    let place: String
    let box: [UInt8]
  }

  /// Rows looked at together, with the last of them; nil when there are no more.
  struct Page<Item> {
    let items: [Item]
    let last: Int64?
  }

  /// The values among the next rows that do not begin with a prefix. Those that do stay at the server.
  func staleValues(
    after number: Int64, rows: Int, prefix: [UInt8], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Page<StaleValue> {
    let found = try executor.all(
      """
      SELECT \(self.number), \(place), IF(LEFT(\(column), \(prefix.count)) = \(prefix), NULL, \(column))
      FROM \(table) WHERE \(self.number) > \(number) ORDER BY \(self.number) LIMIT \(rows)
      """, as: (Int64, String, [UInt8]?).self)
    return Page(
      items: found.compactMap { row in
        row.2.map { StaleValue(number: row.0, place: row.1, box: $0) }
      }, last: found.last?.0)
  }

  /// The ids of the keys that sealed the values among the next rows, each as often as it occurs.
  func keyIDs(
    after number: Int64, rows: Int, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Page<String> {
    let found = try executor.all(
      """
      SELECT \(self.number), SUBSTRING(\(column), 3, ORD(SUBSTRING(\(column), 2, 1)))
      FROM \(table) WHERE \(self.number) > \(number) ORDER BY \(self.number) LIMIT \(rows)
      """, as: (Int64, [UInt8]?).self)
    return Page(
      items: found.compactMap { row in row.1.map { String(decoding: $0, as: UTF8.self) } },
      last: found.last?.0)
  }

  /// Puts a new box in the place of an old one, unless another writer was faster.
  func replace(
    _ value: StaleValue, by box: [UInt8], in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    let result = try transaction.execute(
      """
      UPDATE \(table) SET \(column) = \(box)
      WHERE \(number) = \(value.number) AND \(column) = \(value.box)
      """)
    return result.affectedRows == 1
  }
}
