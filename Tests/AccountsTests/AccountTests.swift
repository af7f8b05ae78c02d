import Accounts
import Crypto
import Database
import Kit
import Testing
import Vocabulary

@Suite struct AccountTests {
  /// A desk on a fresh database, with a clock that the test moves.
  private struct Fixture: ~Copyable {
    let desk: AccountDesk
    var connection: Connection
    let clock: MovableClock
  }

  private static func fixture() throws -> Fixture {
    let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    let key = try #require(SymmetricKey([UInt8](repeating: 7, count: 32)))
    let database = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    return Fixture(
      desk: try AccountDesk(sessionKey: key, clock: clock.clock), connection: Connection(database),
      clock: clock)
  }

  private static func credentials() throws -> (Username, NewPassword) {
    let name = try #require(Username("Alice"))
    return (name, try NewPassword("a good password", of: name))
  }

  private static func isSignedIn(_ outcome: SignInOutcome) -> Bool {
    if case .signedIn = outcome { true } else { false }
  }

  @Test func `names differ by more than case`() throws {
    var fixture = try Self.fixture()
    let (name, password) = try Self.credentials()
    #expect(name.text == "alice")
    guard
      case .registered = try fixture.desk.register(
        name, password: password, on: &fixture.connection),
      case .usernameTaken = try fixture.desk.register(
        name, password: password, on: &fixture.connection)
    else {
      Issue.record("the second registration was not refused")
      return
    }
  }

  @Test(arguments: ["", "ab", "-abc", ".abc", "_abc", "a b", "名字名字", "a@b", "a/b", "abc\u{0}"])
  func `a name that could be mistaken is refused`(text: String) {
    #expect(Username(text) == nil)
    #expect(Username(String(repeating: "a", count: 33)) == nil)
  }

  @Test func `a session lasts until its time is over`() throws {
    var fixture = try Self.fixture()
    let (name, password) = try Self.credentials()
    _ = try fixture.desk.register(name, password: password, on: &fixture.connection)
    let outcome = try fixture.desk.signIn(
      username: "ALICE", password: Secret("a good password"),
      visitor: Visitor(address: "192.0.2.1"),
      on: &fixture.connection)
    guard case .signedIn(let user, let token) = outcome else {
      Issue.record("not signed in")
      return
    }
    let found = try fixture.desk.user(token: token, on: &fixture.connection)
    #expect(found == user)
    let other = try fixture.desk.user(
      token: String(token.reversed()), on: &fixture.connection)
    #expect(other == nil)
    fixture.clock.advance(seconds: SignInSession.lifetimeSeconds)
    let later = try fixture.desk.user(token: token, on: &fixture.connection)
    #expect(later == nil)
  }

  @Test func `an unknown name is answered like a wrong password`() throws {
    var fixture = try Self.fixture()
    for name in ["nobody", "", "no such\u{0}name"] {
      let outcome = try fixture.desk.signIn(
        username: name, password: Secret("whatever"), visitor: Visitor(address: "192.0.2.1"),
        on: &fixture.connection)
      guard case .wrongCredentials = outcome else {
        Issue.record("\(name): \(outcome)")
        return
      }
    }
  }
}
