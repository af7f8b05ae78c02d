import Crypto
public import Database
public import Vocabulary

/// How far the tables about money reached at a moment, as a word that is kept outside of the database:
/// in the journal and in the manifest of each backup. What is cut off later is missed by it.
///
/// `v1:MICROSECONDS:entries=NEWEST.COUNT.HASH:actions=…:suspense=…:…:CODE`
public struct Anchor: Hashable, Sendable {
  /// Tables that only grow.
  public enum Table: String, CaseIterable, Sendable {
    case entries
    case actions
    case suspense
    case confirmations
    case refunds
    case disputes
    case wallets
    /// Events about money: others go with the orders that are purged.
    case events
    /// Changes of what was paid: others are purged.
    case transitions
  }

  public struct Reach: Hashable, Sendable {
    public let newest: Int64
    /// Rows up to the newest. One that was being written meanwhile comes on top.
    public let count: Int64
    /// Of the newest row; nil where rows form no chain.
    let hash: [UInt8]?
  }

  public let takenAt: Timestamp
  public let reaches: [Table: Reach]

  private static let version = "v1"
  private static let separator: Character = ":"
  /// What stands before a word wherever it is kept.
  private static let mark = "anchor="

  /// Reads how far the tables reach. Whoever calls sees them as they are at one moment.
  public static func take(
    in executor: inout some SQLExecutor & ~Copyable, at moment: Timestamp
  ) throws(DatabaseError) -> Anchor {
    var reaches: [Table: Reach] = [:]
    for table in Table.allCases {
      let row = try executor.first(
        "SELECT COALESCE(MAX(id), 0), COUNT(*) FROM \(table.rows) t WHERE \(table.kept)",
        as: (Int64, Int64).self)
      guard let row else { continue }
      reaches[table] = Reach(
        newest: row.0, count: row.1, hash: try table.hash(of: row.0, in: &executor))
    }
    return Anchor(takenAt: moment, reaches: reaches)
  }

  private var plain: String {
    let parts = Table.allCases.compactMap { table in
      reaches[table].map { reach in
        "\(table.rawValue)=\(reach.newest).\(reach.count)."
          + (reach.hash.map { Hex.encode($0) } ?? "-")
      }
    }
    return ([Anchor.version, String(takenAt.microseconds)] + parts)
      .joined(separator: String(Anchor.separator))
  }

  /// The word, with a code that nobody can make without the key.
  public func word(by key: SealKey) -> String {
    "\(plain)\(Anchor.separator)\(Hex.encode(key.code(.anchors, [plain])))"
  }

  /// Reads a word.
  /// - Returns: nil when it is none, or was made without the key.
  public init?(word: some StringProtocol, by key: SealKey) {
    var parts = word.split(separator: Anchor.separator, omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0] == Anchor.version, let micros = Int64(parts[1]),
      let code = parts.popLast().flatMap({ Hex.decode($0) })
    else { return nil }
    var reaches: [Table: Reach] = [:]
    for part in parts.dropFirst(2) {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, let table = Table(rawValue: String(sides[0])) else { return nil }
      let numbers = sides[1].split(separator: ".")
      guard numbers.count == 3, let newest = Int64(numbers[0]), let count = Int64(numbers[1])
      else { return nil }
      reaches[table] = Reach(newest: newest, count: count, hash: Hex.decode(numbers[2]))
    }
    self.init(takenAt: Timestamp(microseconds: micros), reaches: reaches)
    guard constantTimeEqual(code, key.code(.anchors, [plain])) else { return nil }
  }

  private init(takenAt: Timestamp, reaches: [Table: Reach]) {
    self.takenAt = takenAt
    self.reaches = reaches
  }
}

extension Anchor {
  /// Words of anchors in a text such as a journal or a manifest: what stands behind `anchor=`, or is the value of a
  /// member where lines of the log are JSON.
  public static func words(in line: some StringProtocol) -> [String] {
    String(line).split { $0 == " " || $0 == "\"" }.compactMap { part in
      let word = part.hasPrefix(mark) ? part.dropFirst(mark.count) : part
      return word.hasPrefix("\(version)\(separator)") ? String(word) : nil
    }
  }

  /// What is missed of what anchors saw. Each table is counted once, however many anchors there are.
  public static func missed(
    _ anchors: [Anchor], in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [String] {
    let sorted = anchors.sorted { $0.takenAt < $1.takenAt }
    var missed: [String] = []
    for table in Table.allCases {
      var (last, count) = (Int64(0), Int64(0))
      for anchor in sorted {
        guard let reach = anchor.reaches[table] else { continue }
        if reach.newest > last {
          count +=
            try executor.first(
              """
              SELECT COUNT(*) FROM \(table.rows) t
              WHERE id > \(last) AND id <= \(reach.newest) AND \(table.kept)
              """, as: Int64.self) ?? 0
          last = reach.newest
        }
        // A row that was being written when an older anchor was taken is no loss.
        guard reach.newest == last else { continue }
        let hash = try table.hash(of: reach.newest, in: &executor)
        if count < reach.count || hash != reach.hash {
          missed.append(
            "\(table.rawValue): \(reach.count) up to \(reach.newest) on \(anchor.takenAt), "
              + "now \(count)")
        }
      }
    }
    return missed
  }
}

extension Anchor.Table {
  var rows: SQL {
    switch self {
    case .entries: "ledger_entries"
    case .actions: "operator_actions"
    case .suspense: "suspense_entries"
    case .confirmations: "confirmations"
    case .refunds: "refunds"
    case .disputes: "disputes"
    case .wallets: "wallets"
    case .events: "payment_events"
    case .transitions: "order_transitions"
    }
  }

  /// The rows behind a number, under the table's own name.
  public func newer(than number: Int64) -> SQL {
    "\(rows) AS (SELECT * FROM \(rows) WHERE id > \(number))"
  }

  /// Rows that nothing ever removes.
  var kept: SQL {
    switch self {
    case .events: "t.kind IN ('SUCCEEDED', 'REFUNDED', 'REFUND', 'DISPUTE')"
    case .transitions:
      """
      t.to_status IN ('PAID', 'SUCCEEDED', 'DUPLICATE', 'REFUNDING', 'REFUNDED',
        'PARTIALLY_REFUNDED', 'DISPUTED')
      """
    case .entries, .actions, .suspense, .confirmations, .refunds, .disputes, .wallets: "TRUE"
    }
  }

  func hash(
    of number: Int64, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [UInt8]? {
    switch self {
    case .entries:
      return try executor.first(
        "SELECT hash FROM ledger_entries WHERE id = \(number)", as: [UInt8].self)
    case .actions:
      return try executor.first(
        "SELECT hash FROM operator_actions WHERE id = \(number)", as: [UInt8].self)
    case .suspense, .confirmations, .refunds, .disputes, .wallets, .events, .transitions:
      return nil
    }
  }
}
