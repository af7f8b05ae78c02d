import Crypto
import Database
import Kit
import Testing
import Vocabulary

@testable import Accounts

/// The clock was 26 hours ahead, and is set right.
@Suite struct ClockStepTests {
  private final class Fixture {
    let desk: AccountDesk
    let clock: MovableClock
    let user: User
    var connection: Connection

    static let stepSeconds: Int64 = 26 * 3_600

    init(role: UserRole) throws {
      let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
      let key = try #require(SymmetricKey([UInt8](repeating: 7, count: 32)))
      var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
      let desk = try AccountDesk(sessionKey: key, clock: clock.clock)
      let name = try #require(Username("alice"))
      let registered = try desk.register(
        name, password: NewPassword("a good password", of: name), role: role, on: &connection)
      guard case .registered(let user) = registered else { throw NoUser() }
      (self.desk, self.clock, self.user) = (desk, clock, user)
      self.connection = connection
    }

    private struct NoUser: Error {}

    func begin() throws -> String {
      try desk.beginSession(of: user.id, on: &connection)
    }

    func session(_ token: String) throws -> SessionUser? {
      try desk.session(token: token, on: &connection)
    }
  }

  @Test func `a buyer stays signed in, and no longer than unused sessions last`() throws {
    let fixture = try Fixture(role: .user)
    let token = try fixture.begin()
    fixture.clock.advance(seconds: -Fixture.stepSeconds)
    #expect(try fixture.session(token) != nil)
    fixture.clock.advance(seconds: SignInSession.idleSecondsMax)
    #expect(try fixture.session(token) == nil)
  }

  @Test func `who works behind the counter signs in again`() throws {
    let fixture = try Fixture(role: .operator)
    let token = try fixture.begin()
    #expect(try fixture.session(token) != nil)
    fixture.clock.advance(seconds: -Fixture.stepSeconds)
    #expect(try fixture.session(token) == nil)
  }

  @Test func `a password that was given ahead of time is not one given a moment ago`() throws {
    let fixture = try Fixture(role: .user)
    let token = try fixture.begin()
    #expect(try fixture.session(token)?.isFresh(at: fixture.clock.clock.now()) == true)
    fixture.clock.advance(seconds: -Fixture.stepSeconds)
    #expect(try fixture.session(token)?.isFresh(at: fixture.clock.clock.now()) == false)
  }

  @Test func `a code that was used ahead of time keeps no later one out`() {
    let now = Timestamp(unixSeconds: 1_800_000_000)
    let present = OneTimePassword.step(at: now)
    for (steps, isAhead) in [(-1, false), (0, false), (1, false), (3, false), (4, true)] {
      #expect(OneTimePassword.isAhead(present + Int64(steps), at: now) == isAhead, "\(steps)")
    }
    #expect(OneTimePassword.isAhead(present + Fixture.stepSeconds / 30, at: now))
  }
}
