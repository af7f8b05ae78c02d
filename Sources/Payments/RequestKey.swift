import Audit
import Database
import Vocabulary

/// A text by which doing something twice is doing it once.
public enum RequestKey {
  public static let charactersMax = 64

  /// 1…`charactersMax` characters of printable ASCII without spaces.
  public static func isValid(_ text: String) -> Bool { text.isGraphicASCII(upTo: charactersMax) }
}

extension RequestKey {
  private static let uniqueNames: Set = [
    OperatorAction.requestKeyName, "refunds_request_key", "confirmations_request_key",
    "operator_requests_request_key",
  ]

  /// Attempts when others use the same key at the same moment: the second finds what they did.
  private static let attemptsMax = 3

  /// Makes an attempt that first looks for what its key stands for, and another one when somebody else
  /// used the key after that look.
  static func once<Answer>(
    on connection: inout Connection,
    _ attempt: (inout Connection) throws(DatabaseError) -> Answer
  ) throws(DatabaseError) -> Answer {
    for _ in 1..<attemptsMax {
      do throws(DatabaseError) {
        return try attempt(&connection)
      } catch {
        guard let name = error.duplicateKeyName, uniqueNames.contains(name) else { throw error }
      }
    }
    return try attempt(&connection)
  }
}

/// What a request key stands for. Whoever wishes the same again is told what it came to; any other wish
/// needs a key of its own.
enum KeyedDeed {
  case refund(Refund, OperatorAction.Recorded?)
  case confirmation(Confirmation)
  /// Coins given or taken, and whatever else is done once.
  case action(OperatorAction.Recorded)
  /// It waits for a second person, or was never done.
  case request(OperatorRequest)

  static func find(
    _ key: String, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> KeyedDeed? {
    let action = try OperatorAction.find(requestKey: key, in: &executor)
    if let refund = try Refund.find(requestKey: key, in: &executor) {
      return .refund(refund, action)
    }
    if let confirmation = try Confirmation.find(requestKey: key, in: &executor) {
      return .confirmation(confirmation)
    }
    if let action { return .action(action) }
    return try OperatorRequest.find(requestKey: key, in: &executor).map { .request($0) }
  }
}
