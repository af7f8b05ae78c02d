import Audit
import Database
import Kit
import Orders
import Testing
import Vocabulary

@testable import Payments

/// What others say about themselves is kept as far as its column counts.
@Suite struct LongTextTests {
  static let families = String(repeating: "👨‍👩‍👧‍👦", count: 255)
  static let moment = Timestamp(unixSeconds: 1_800_000_000)

  @Test func `a call's error and an action's words are cut between characters`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    try ProviderCall.insert(
      [
        ProviderCall(
          provider: "MOCK", operation: "start", outTradeNo: Self.families, address: Self.families,
          requestID: Self.families, providerRequestID: "金币 1",
          result: .unanswered(error: Self.families), durationMilliseconds: 1,
          createdAt: Self.moment)
      ], in: &connection)
    let call = try connection.first(
      "SELECT error, address, provider_request_id FROM provider_calls",
      as: (String, String, String).self)
    #expect(call?.0 == String(Self.families.prefix(36)))
    #expect(call?.1 == String(repeating: "?", count: 255) && call?.2 == "???1")
    _ = try connection.transaction { (transaction) throws(DatabaseError) in
      let action = OperatorAction(
        actor: "cli:alice", kind: .pause, subject: "site", reason: Self.families,
        details: "x" + Self.families)
      return .commit(try action.record(in: &transaction, at: Self.moment))
    }
    let action = try connection.first(
      "SELECT reason, details FROM operator_actions", as: (String, String).self)
    #expect(action?.0 == String(Self.families.prefix(36)))
    #expect(action?.1 == "x" + String(Self.families.prefix(36)))
  }

  @Test func `a step of an order says as much as its columns hold`() {
    let step = Transition(
      orderID: OrderID(1), change: .order(from: nil, to: .pending), actor: Self.families,
      cause: Self.families)
    #expect(step.actor.unicodeScalars.count == 63 && step.cause.unicodeScalars.count == 252)
  }

  @Test func `an operator's reason is refused when its column cannot hold it`() throws {
    func isTaken(_ reason: String) -> Bool {
      Operation(by: "cli:alice", reason: reason) != nil
    }
    #expect(
      isTaken(String(repeating: "𠮷", count: 255)) && isTaken(String(Self.families.prefix(36))))
    #expect(!isTaken(String(repeating: "𠮷", count: 256)) && !isTaken(Self.families))
    #expect(!isTaken("") && !isTaken("a\u{0}b"))
  }
}
