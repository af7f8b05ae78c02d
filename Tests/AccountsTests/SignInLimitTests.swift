import Crypto
import Database
import Kit
import Synchronization
import Testing
import Threads
import Vocabulary

@testable import Accounts

struct SignInLimitTests {
  private struct Fixture {
    let desk: AccountDesk
    let database: DatabaseConfiguration
    let clock: MovableClock
  }

  private static let password = "a good password"

  /// A desk on a fresh database that knows alice.
  private static func fixture() throws -> Fixture {
    let clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
    let key = try #require(SymmetricKey([UInt8](repeating: 7, count: 32)))
    let database = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    let desk = try AccountDesk(sessionKey: key, clock: clock.clock)
    var connection = Connection(database)
    for name in ["alice", "bob"] {
      let name = try #require(Username(name))
      _ = try desk.register(name, password: NewPassword(password, of: name), on: &connection)
    }
    return Fixture(desk: desk, database: database, clock: clock)
  }

  private static func attempt(
    _ fixture: Fixture, _ password: String, as name: String = "alice", from visitor: Visitor
  ) throws -> String {
    var connection = Connection(fixture.database)
    let outcome = try fixture.desk.signIn(
      username: name, password: Secret(password), visitor: visitor, on: &connection)
    return switch outcome {
    case .signedIn: "in"
    case .wrongCredentials: "wrong"
    case .disabled: "disabled"
    case .limited: "limited"
    case .busy: "busy"
    }
  }

  @Test func `guessing is stopped where it comes from and keeps nobody else out`() throws {
    let fixture = try Self.fixture()
    let thief = Visitor(address: "2001:db8::1")
    let answers = try (1...6).map { _ in
      try Self.attempt(fixture, "wrong", from: thief)
    }
    #expect(answers == [String](repeating: "wrong", count: 5) + ["limited"])
    // Another address of the same customer is the same place.
    let neighbour = Visitor(address: "2001:db8::2:3")
    #expect(try Self.attempt(fixture, Self.password, from: neighbour) == "limited")
    let owner = Visitor(address: "192.0.2.1")
    #expect(try Self.attempt(fixture, Self.password, as: "ALICE", from: owner) == "in")
    fixture.clock.advance(seconds: SignInLimits.windowSeconds + 1)
    #expect(try Self.attempt(fixture, Self.password, from: thief) == "in")
  }

  @Test func `a browser that was here before is not counted with its neighbours`() throws {
    let fixture = try Self.fixture()
    var connection = Connection(fixture.database)
    let name = try #require(Username("alice"))
    let known = try User.find(name, in: &connection)
    let alice = try #require(known)
    let mark = try fixture.desk.newDeviceMark(of: alice.id)
    let address = "192.0.2.7"
    for _ in 1...6 {
      _ = try Self.attempt(fixture, "wrong", from: Visitor(address: address))
    }
    let back = Visitor(address: address, deviceMark: mark)
    #expect(try Self.attempt(fixture, Self.password, from: back) == "in")
    // The mark is worth nothing for another name, and nothing when it was changed.
    for number in 1...30 {
      _ = try Self.attempt(fixture, "wrong", as: "nobody-\(number)", from: back)
    }
    #expect(
      try Self.attempt(fixture, Self.password, as: "bob", from: back) == "limited")
    let forged = Visitor(address: address, deviceMark: mark + "A")
    #expect(try Self.attempt(fixture, Self.password, from: forged) == "limited")
    // It is no way to guess on.
    let answers = try (1...6).map { _ in
      try Self.attempt(fixture, "wrong", from: back)
    }
    #expect(answers.last == "limited")
  }

  @Test func `a window that a clock opened that was ahead keeps nobody out`() throws {
    let fixture = try Self.fixture()
    let visitor = Visitor(address: "192.0.2.9")
    for _ in 1...6 { _ = try Self.attempt(fixture, "wrong", from: visitor) }
    #expect(try Self.attempt(fixture, Self.password, from: visitor) == "limited")
    fixture.clock.advance(seconds: -26 * 3_600)
    #expect(try Self.attempt(fixture, Self.password, from: visitor) == "in")
  }

  @Test func `failures of all places together are bounded`() throws {
    let fixture = try Self.fixture()
    for _ in 1...SignInTide.failuresMax {
      #expect(fixture.desk.signInTide.take(at: fixture.clock.clock.now()) == nil)
    }
    let place = Visitor(address: "198.51.100.1")
    #expect(try Self.attempt(fixture, Self.password, from: place) == "limited")
    fixture.clock.advance(seconds: SignInTide.windowSeconds)
    #expect(try Self.attempt(fixture, Self.password, from: place) == "in")
  }

  @Test func `what a place was refused already does not count for all places`() throws {
    let fixture = try Self.fixture()
    let thief = Visitor(address: "198.51.100.2")
    for _ in 1...5 { #expect(try Self.attempt(fixture, "wrong", from: thief) == "wrong") }
    for _ in 1...SignInTide.failuresMax {
      #expect(try Self.attempt(fixture, "wrong", from: thief) == "limited")
    }
    let owner = Visitor(address: "192.0.2.12")
    #expect(try Self.attempt(fixture, Self.password, from: owner) == "in")
  }

  @Test func `what the bound of all places refused does not count where it came from`() throws {
    let fixture = try Self.fixture()
    for _ in 1...SignInTide.failuresMax {
      _ = fixture.desk.signInTide.take(at: fixture.clock.clock.now())
    }
    let place = Visitor(address: "198.51.100.3")
    for _ in 1...6 { #expect(try Self.attempt(fixture, Self.password, from: place) == "limited") }
    fixture.clock.advance(seconds: SignInTide.windowSeconds)
    #expect(try Self.attempt(fixture, Self.password, from: place) == "in")
  }

  @Test func `passwords given again are bounded, right ones too`() throws {
    let fixture = try Self.fixture()
    var connection = Connection(fixture.database)
    let name = try #require(Username("alice"))
    let known = try User.find(name, in: &connection)
    let alice = try #require(known)
    var token = try fixture.desk.beginSession(of: alice.id, on: &connection)
    let place = Visitor(
      address: "192.0.2.13", deviceMark: try fixture.desk.newDeviceMark(of: alice.id))
    var proofs: Int64 = 0
    proving: while proofs <= SignInLimits.userProofsMax {
      let outcome = try fixture.desk.prove(
        alice, password: Secret(Self.password), token: token, visitor: place, on: &connection)
      switch outcome {
      case .proved(let renewed): (token, proofs) = (renewed, proofs + 1)
      case .limited: break proving
      default:
        Issue.record("\(outcome)")
        return
      }
    }
    #expect(proofs == SignInLimits.userProofsMax)
    // Signing in is another matter, and so is another place.
    #expect(try Self.attempt(fixture, Self.password, from: place) == "in")
    let elsewhere = try fixture.desk.prove(
      alice, password: Secret(Self.password), token: token,
      visitor: Visitor(address: "192.0.2.14"), on: &connection)
    guard case .proved = elsewhere else {
      Issue.record("\(elsewhere)")
      return
    }
  }

  @Test func `many guesses at once are no way around the limit`() throws {
    let fixture = try Self.fixture()
    let outcomes = Mutex<[String]>([])
    let threads = try (1...20).map { number in
      try WorkerThread.start(name: "guess-\(number)", stackBytes: 1 << 20) {
        let outcome = try? Self.attempt(
          fixture, "wrong", from: Visitor(address: "192.0.2.9"))
        outcomes.withLock { $0.append(outcome ?? "failed") }
      }
    }
    for thread in threads { thread.join() }
    let counts = Dictionary(grouping: outcomes.withLock { $0 }) { $0 }.mapValues(\.count)
    #expect(counts["wrong", default: 0] <= 5)
    #expect(counts["in"] == nil && counts["failed"] == nil)
    // Attempts that were not looked at are none: what was right is still let in elsewhere.
    #expect(
      try Self.attempt(
        fixture, Self.password, from: Visitor(address: "192.0.2.10")) == "in")
  }

  @Test func `what nobody waits for is neither hashed nor counted`() throws {
    let fixture = try Self.fixture()
    var connection = Connection(fixture.database)
    let gone = Visitor(address: "192.0.2.11", isGone: { true })
    for _ in 1...10 {
      #expect(try Self.attempt(fixture, Self.password, from: gone) == "busy")
    }
    let count = try connection.first("SELECT COUNT(*) FROM sign_in_failures", as: Int64.self)
    #expect(count == 0)
  }

  @Test func `few wait for their turn and the others hear at once`() throws {
    let work = PasswordWork()
    let gate = Monitor(false)
    let results = Mutex<[Bool]>([])
    let many = PasswordWork.concurrentMax + PasswordWork.waitersMax
    let threads = try (0..<many).map { number in
      try WorkerThread.start(name: "hash-\(number)", stackBytes: 1 << 20) {
        let done = work.run { gate.wait(timeout: .seconds(2)) { $0 ? true : nil } }
        results.withLock { $0.append(done == .some(true)) }
      }
    }
    let end = ContinuousClock.now + .seconds(10)
    while !work.isFull, ContinuousClock.now < end {
      _ = gate.wait(timeout: .milliseconds(1)) { $0 ? true : nil }
    }
    #expect(work.run { 1 } == nil)
    gate.withLock { $0 = true }
    gate.notifyAll()
    for thread in threads { thread.join() }
    #expect(results.withLock { $0 } == [Bool](repeating: true, count: many))
  }
}
