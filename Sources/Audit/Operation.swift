public import Database
public import Vocabulary

/// Who does something behind the counter, and why: what the audit log keeps of every deed.
public struct Operation: Hashable, Sendable {
  /// `operator:17`, `cli:alice`
  public let actor: String
  public let reason: String

  /// Nil unless the reason shows something and is not too long to be kept.
  public init?(by actor: String, reason: String) {
    guard TextLimit.reason.allows(reason) else { return nil }
    self.actor = actor
    self.reason = reason
  }

  /// For deeds of which nobody is asked the reason.
  /// - Parameter words: what the audit log says in its place.
  public init(by actor: String, saying words: StaticString) {
    self.actor = actor
    reason = words.description
  }

  /// Writes the deed's line into the audit log, in the transaction that does it.
  public func record(
    _ kind: OperatorAction.Kind, of subject: String, details: String = "",
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try OperatorAction(
      actor: actor, kind: kind, subject: subject, reason: reason, details: details
    ).record(in: &transaction, at: moment)
  }
}
