public import Audit
public import Vocabulary

/// Something an operator did, as operators' JSON has it.
public struct ActionDocument: Encodable {
  let id: Int64
  let action: String
  let actor: String
  let subject: String
  let details: String
  let reason: String
  let createdAt: String

  enum CodingKeys: String, CodingKey {
    case id, action, actor, subject, details, reason
    case createdAt = "created_at"
  }

  public init(_ action: OperatorAction.Recorded, _ zone: TimeZoneOffset) {
    id = action.id
    self.action = action.action
    actor = action.actor
    subject = action.subject
    details = action.details
    reason = action.reason
    createdAt = zone.rfc3339(action.createdAt)
  }
}
