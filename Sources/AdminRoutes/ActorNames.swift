import Accounts
import Audit
import Database
import Payments
import Vocabulary

/// The user names of people behind the counter, who stand in the records by number.
struct ActorNames {
  private let names: [UserID: String]

  /// Of nobody: every actor is shown as it is.
  init() { names = [:] }

  private init(
    _ actors: [String?], _ connection: inout Connection
  ) throws(DatabaseError) {
    let ids = actors.compactMap { actor in
      actor.flatMap { OperatorPerson.userID(ofConsoleActor: $0) }
    }
    names = try ids.isEmpty ? [:] : User.names(of: ids, in: &connection)
  }

  /// Those who had to do with an order.
  init(
    of confirmations: [Confirmation], _ trace: OrderTrace, in connection: inout Connection
  ) throws(DatabaseError) {
    var actors = confirmations.flatMap { [$0.requestedBy, $0.decidedBy] }
    actors += trace.refunds.map { $0.actor }
    actors += trace.steps.map { $0.actor }
    actors += trace.actions.map { $0.actor }
    try self.init(actors, &connection)
  }

  init(
    of actions: [OperatorAction.Recorded], in connection: inout Connection
  ) throws(DatabaseError) {
    try self.init(actions.map { $0.actor }, &connection)
  }

  init(of confirmations: [Confirmation], in connection: inout Connection) throws(DatabaseError) {
    try self.init(confirmations.flatMap { [$0.requestedBy, $0.decidedBy] }, &connection)
  }

  init(of requests: [OperatorRequest], in connection: inout Connection) throws(DatabaseError) {
    try self.init(requests.flatMap { [$0.requestedBy, $0.decidedBy] }, &connection)
  }

  /// `alice (operator:12)`; an actor without an account as it is.
  func shown(_ actor: String) -> String {
    OperatorPerson.userID(ofConsoleActor: actor).flatMap { names[$0] }
      .map { "\($0) (\(actor))" } ?? actor
  }
}
