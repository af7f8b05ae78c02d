public import Audit
public import Database
import Payments
import Reconciliation
public import Vocabulary

/// Something that waits until an operator says what became of it.
public enum OpenMatter: Hashable, Sendable {
  /// Money that no order could be credited with.
  case suspense(Int64)
  /// Between a provider's books and ours.
  case difference(Int64)
  /// An event that could not be settled; it is given up for good and stays in the inbox.
  case parkedEvent(EventID)

  /// Keeps the operator's reason as what became of it.
  /// - Returns: false when there is no such open matter.
  public func resolve(
    by operation: Operation, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Bool> in
      guard try close(by: operation, in: &transaction, at: moment) else { return .rollback(false) }
      let (kind, subject) = deed
      try operation.record(kind, of: subject, in: &transaction, at: moment)
      return .commit(true)
    }
  }

  private func close(
    by operation: Operation, in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Bool {
    switch self {
    case .suspense(let id):
      try Suspense.close(
        id, resolution: operation.reason, actor: operation.actor, in: &transaction, at: moment)
    case .difference(let id):
      try ReconciliationItem.close(
        id, resolution: operation.reason, actor: operation.actor, in: &transaction, at: moment)
    case .parkedEvent(let id): try ParkedEvents.close(id, in: &transaction, at: moment)
    }
  }

  private var deed: (OperatorAction.Kind, subject: String) {
    switch self {
    case .suspense(let id): (.resolveSuspense, String(id))
    case .difference(let id): (.resolveDifference, String(id))
    case .parkedEvent(let id): (.discardEvent, id.description)
    }
  }
}
