public import Crypto
public import Database

/// Re-encrypts with the first key what other keys sealed, while the site runs.
///
/// A value is replaced only if it is still the one that was read, so that another writer always wins;
/// a value of the first key is passed over. So a rotation can be broken off and run again at any time.
public struct KeyRotation: Sendable {
  /// What was done in one column so far.
  public struct Progress: Hashable, Sendable {
    public let column: String
    /// The last row that was looked at.
    public internal(set) var row: Int64 = 0
    public internal(set) var reencrypted = 0
    /// Values that another writer replaced at the same moment.
    public internal(set) var overtaken = 0
    /// Rows whose value no key of the ring opens; they stay as they are.
    public internal(set) var unreadable: [Int64] = []
  }

  let ring: KeyRing

  /// Rows of one transaction: few, so that nobody waits long for one of them.
  static let batchRowsMax = 100

  public init(ring: KeyRing) { self.ring = ring }

  /// Goes through a column from its first row to its last.
  /// - Parameter report: called after each batch.
  public func rotate(
    _ column: SealedColumn, on connection: inout Connection, report: (Progress) -> Void
  ) throws(DatabaseError) -> Progress {
    var progress = Progress(column: column.name)
    while let last = try batch(column, &progress, on: &connection) {
      progress.row = last
      report(progress)
    }
    return progress
  }

  private func batch(
    _ column: SealedColumn, _ progress: inout Progress, on connection: inout Connection
  ) throws(DatabaseError) -> Int64? {
    let page = try column.staleValues(
      after: progress.row, rows: KeyRotation.batchRowsMax, prefix: ring.firstPrefix,
      in: &connection)
    var fresh: [(value: SealedColumn.StaleValue, box: [UInt8])] = []
    for value in page.items {
      guard let box = resealed(value, column) else {
        progress.unreadable.append(value.number)
        continue
      }
      fresh.append((value, box))
    }
    guard !fresh.isEmpty else { return page.last }
    let replaced = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int> in
      var count = 0
      for (value, box) in fresh where try column.replace(value, by: box, in: &transaction) {
        count += 1
      }
      return .commit(count)
    }
    progress.reencrypted += replaced
    progress.overtaken += fresh.count - replaced
    return page.last
  }

  private func resealed(_ value: SealedColumn.StaleValue, _ column: SealedColumn) -> [UInt8]? {
    do {
      let plain = try column.open(value.box, at: value.place, with: ring)
      return try column.seal(plain, at: value.place, with: ring)
    } catch {
      return nil
    }
  }
}
