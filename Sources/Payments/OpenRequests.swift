public import Audit
public import Database
public import Vocabulary

/// What waits for a second person and has lost its ground: it is rejected with whatever took that away.
public enum OpenRequests {
  public enum Selection: Hashable, Sendable {
    /// Whatever would be done to a user.
    case about(UserID)
    /// Whatever a user asked for, at the console or under the same name at the shell.
    case askedBy(UserID)
  }

  /// Rejects requests and confirmations, each with its line in the audit log.
  public static func reject(
    _ selection: Selection, by operation: Operation, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    let requests = condition(selection, user: "r.user_id", asker: "r.requested_by")
    for id in try OperatorRequest.open(requests, in: &transaction) {
      guard let request = try OperatorRequest.lock(id, in: &transaction), request.status == .open
      else { continue }
      _ = try request.close(.rejected, by: operation, in: &transaction, at: moment)
    }
    let words = condition(selection, user: "o.user_id", asker: "c.requested_by")
    for id in try Confirmation.open(words, in: &transaction) {
      guard let word = try Confirmation.lock(id, in: &transaction), word.status == .open
      else { continue }
      _ = try word.close(.rejected, by: operation, in: &transaction, at: moment)
    }
  }

  private static func condition(_ selection: Selection, user: SQL, asker: SQL) -> SQL {
    switch selection {
    case .about(let userID): return "\(user) = \(userID)"
    case .askedBy(let userID):
      let atConsole = "operator:" + userID.description
      return """
        (\(asker) = \(atConsole) OR
          LOWER(\(asker)) = (SELECT CONCAT('cli:', username) FROM users WHERE id = \(userID)))
        """
    }
  }
}
