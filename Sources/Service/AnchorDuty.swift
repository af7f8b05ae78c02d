import Database
import LogLines
import Logging
import Seals
import Synchronization
import Vocabulary

/// Writes down in the journal, every hour, how far the tables about money reach.
final class AnchorDuty: Sendable {
  private let logger: Logger
  private let lastAt = Mutex<Timestamp?>(nil)

  static let pauseSeconds: Int64 = 3_600

  init(logger: Logger) { self.logger = logger }

  func run(on connection: inout Connection, at moment: Timestamp) throws(DatabaseError) {
    // A clock that was set back does not wait until it has caught up.
    let isEarly = lastAt.withLock { last in
      last.map { moment >= $0 && moment < $0.adding(seconds: Self.pauseSeconds) } ?? false
    }
    guard !isEarly, let word = try AnchorDuty.take(on: &connection, at: moment) else { return }
    logger.write(.notice, "the books reach as far as this anchor", [.anchor: "\(word)"])
    lastAt.withLock { $0 = moment }
  }

  /// Nil while nothing is sealed.
  static func take(
    on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> String? {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      _ = try OldRows.close(in: &transaction, at: moment)
      return .commit(())
    }
    return try connection.snapshot { (transaction) throws(DatabaseError) -> String? in
      guard let key = try SealKey.find(in: &transaction) else { return nil }
      return try Anchor.take(in: &transaction, at: moment).word(by: key)
    }
  }
}
