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

  /// Rejects requests and confirmations, each with its line in the audit log. All are locked before the
  /// first line is written.
  public static func reject(
    _ selections: [Selection], by operation: Operation, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    let (requests, words) = try lock(selections, in: &transaction)
    for request in requests where request.status == .open {
      _ = try request.close(.rejected, by: operation, in: &transaction, at: moment)
    }
    for word in words where word.status == .open {
      _ = try word.close(.rejected, by: operation, in: &transaction, at: moment)
    }
  }

  /// What waits, each in ascending id.
  private static func lock(
    _ selections: [Selection], in transaction: inout Transaction
  ) throws(DatabaseError) -> ([OperatorRequest], [Confirmation]) {
    var (requestIDs, wordIDs): (Set<Int64>, Set<Int64>) = ([], [])
    for selection in selections {
      let ofRequests = condition(selection, user: "r.user_id", asker: "r.requested_by")
      requestIDs.formUnion(try OperatorRequest.open(ofRequests, in: &transaction))
      let ofWords = condition(selection, user: "o.user_id", asker: "c.requested_by")
      wordIDs.formUnion(try Confirmation.open(ofWords, in: &transaction))
    }
    var (requests, words): ([OperatorRequest], [Confirmation]) = ([], [])
    for id in requestIDs.sorted() {
      if let request = try OperatorRequest.lock(id, in: &transaction) { requests.append(request) }
    }
    for id in wordIDs.sorted() {
      if let word = try Confirmation.lock(id, in: &transaction) { words.append(word) }
    }
    return (requests, words)
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
