public import Crypto
public import Database
public import Vocabulary

/// A key that stored values need and that is not there.
public struct LostKey: Hashable, Sendable, CustomStringConvertible {
  public let id: String
  public let state: KeyState
  /// Values that cannot be read without it.
  public let values: Int

  public init(id: String, state: KeyState, values: Int) {
    self.id = id
    self.state = state
    self.values = values
  }

  public var description: String {
    let what =
      state == .another
      ? "the key '\(id)' in COINPAY_ENCRYPTION_KEYS is another one than the key that sealed"
      : "COINPAY_ENCRYPTION_KEYS lacks the key '\(id)', which sealed"
    return "\(what) \(values) stored values; put the right key back under this id. "
      + "See: coinpay keys status"
  }
}

/// The table `encryption_key_checks`: a constant sealed with each key that seals or has sealed values,
/// so that a key that was lost or swapped is noticed before anything is written with it.
public enum KeyChecks {
  /// What the checks came to.
  public struct Findings: Sendable {
    /// Keys that values need; nothing may be encrypted before they are back.
    public internal(set) var lost: [LostKey] = []
    /// Keys that are gone with all their values.
    var forgotten: [String] = []
    /// Keys of values that are older than the checks.
    var adopted: [String] = []
  }

  /// Proves that every key that stored values need is there. Changes nothing.
  ///
  /// Counting values takes a while in large tables and is done only when a check does not hold, or
  /// when there is none yet.
  public static func findings(
    _ ring: KeyRing, on connection: inout Connection
  ) throws(DatabaseError) -> Findings {
    let known = try connection.all(
      "SELECT key_id, check_value FROM encryption_key_checks", as: (String, [UInt8]).self)
    if known.isEmpty { return try adoption(ring, on: &connection) }
    var findings = Findings()
    let broken = known.map { (id: $0.0, state: ring.state(of: $0.0, checkValue: $0.1)) }
      .filter { $0.state != .holds }
    guard !broken.isEmpty else { return findings }
    let usage = try KeyUsage.count(on: &connection)
    for (id, state) in broken {
      let values = usage.values(of: id)
      if values > 0 {
        findings.lost.append(LostKey(id: id, state: state, values: values))
      } else {
        findings.forgotten.append(id)
      }
    }
    return findings
  }

  /// Proves the same, and notes the key that encrypts. A key whose values are all gone may be missing:
  /// its check is then forgotten.
  /// - Returns: the keys that are lost; then nothing was noted.
  public static func verify(
    _ ring: KeyRing, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> [LostKey] {
    let findings = try findings(ring, on: &connection)
    guard findings.lost.isEmpty else { return findings.lost }
    for id in findings.forgotten {
      _ = try connection.execute("DELETE FROM encryption_key_checks WHERE key_id = \(id)")
    }
    for id in findings.adopted + [ring.firstID] {
      try note(id, ring, on: &connection, at: moment)
    }
    return []
  }

  /// Begins with a database whose values are older than the checks: each key has to open one of its
  /// values of each column.
  private static func adoption(
    _ ring: KeyRing, on connection: inout Connection
  ) throws(DatabaseError) -> Findings {
    let usage = try KeyUsage.count(on: &connection)
    var findings = Findings()
    for id in usage.counts.keys.sorted() {
      let state = try proof(of: id, ring, usage, on: &connection)
      if state == .holds {
        findings.adopted.append(id)
      } else {
        findings.lost.append(LostKey(id: id, state: state, values: usage.values(of: id)))
      }
    }
    return findings
  }

  private static func proof(
    of id: String, _ ring: KeyRing, _ usage: KeyUsage, on connection: inout Connection
  ) throws(DatabaseError) -> KeyState {
    guard ring.ids.contains(id) else { return .missing }
    for column in SealedColumn.all where usage.counts[id]?[column.name] != nil {
      guard let sample = try column.sample(of: id, in: &connection) else { continue }
      guard (try? column.open(sample.box, at: sample.place, with: ring)) != nil else {
        return .another
      }
    }
    return .holds
  }

  /// Two processes that start together note the same key once.
  private static func note(
    _ id: String, _ ring: KeyRing, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) {
    let value: [UInt8]
    do throws(CryptoError) {
      value = try ring.checkValue(for: id)
    } catch {
      throw DatabaseError.inconsistent("the check of key '\(id)' could not be made: \(error)")
    }
    _ = try connection.execute(
      """
      INSERT IGNORE INTO encryption_key_checks (key_id, check_value, created_at)
      VALUES (\(id), \(value), \(moment))
      """)
  }
}

extension SealedColumn {
  /// Some value that a key sealed; nil when there is none.
  fileprivate func sample(
    of id: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> StaleValue? {
    let row = try executor.first(
      """
      SELECT \(number), \(place), \(column) FROM \(table)
      WHERE SUBSTRING(\(column), 3, ORD(SUBSTRING(\(column), 2, 1))) = \(Array(id.utf8)) LIMIT 1
      """, as: (Int64, String, [UInt8]).self)
    return row.map { StaleValue(number: $0.0, place: $0.1, box: $0.2) }
  }
}
