import Audit
import Controls
public import Database
public import Payments
public import Vocabulary

extension ParkedEvents {
  /// Lets a parked event, or all of them, be settled again by the same path. Nobody is asked why.
  /// - Returns: the number of events; nil while settlement is stopped, when none would be settled.
  public static func retry(
    _ id: EventID?, by actor: String, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Int64? {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Int64?> in
      if try Controls.settlementIsStopped(in: &transaction) { return .rollback(nil) }
      let count = try reopen(id, in: &transaction, at: moment)
      guard count > 0 else { return .rollback(0) }
      try Operation(by: actor, saying: "retry").record(
        .retryEvent, of: id?.description ?? "all", details: "\(count) events", in: &transaction,
        at: moment)
      return .commit(count)
    }
  }
}
