import Crypto
import Database
import Kit
import Testing
import Vocabulary

@testable import Accounts

struct SecondFactorLimitTests {
  /// Somebody behind the counter, signed in, whose second factor is enrolled.
  private final class Fixture {
    let desk: AccountDesk
    let factors: SecondFactorDesk
    let database: DatabaseConfiguration
    let clock: MovableClock
    let user: User
    var token = ""
    private var secret: [UInt8] = []

    init() throws {
      clock = MovableClock(Timestamp(unixSeconds: 1_800_000_000))
      let bytes = [UInt8](repeating: 7, count: 32)
      let key = try #require(SymmetricKey(bytes))
      database = try PrivateMariaDB.shared.get().makeMigratedDatabase()
      desk = try AccountDesk(sessionKey: key, clock: clock.clock)
      factors = SecondFactorDesk(
        accounts: desk, keyRing: try KeyRing(setting: "k1:\(Base64.encode(bytes))"))
      let name = try #require(Username("alice"))
      let password = try NewPassword(
        SecondFactorLimitTests.password, of: name, role: .administrator)
      var connection = Connection(database)
      let made = try desk.register(name, password: password, role: .administrator, on: &connection)
      guard case .registered(let user) = made else { throw NotMade.user }
      self.user = user
      token = try desk.beginSession(of: user.id, on: &connection)
    }

    func enrol() throws {
      guard case .begun(let shown) = try begin(code: nil, needsCode: false) else {
        throw NotMade.factor
      }
      secret = SecondFactorLimitTests.bytes(base32: shown.text.reveal())
      guard try verify(nextCode()) == "accepted" else { throw NotMade.factor }
    }

    /// What the device shows once its last code is over.
    func nextCode() -> String {
      clock.advance(seconds: OneTimePassword.stepSeconds)
      return OneTimePassword.code(secret, step: OneTimePassword.step(at: clock.clock.now()))
    }

    func begin(code: String?, needsCode: Bool = true) throws -> EnrolmentOutcome {
      var connection = Connection(database)
      return try factors.begin(
        user, token: token, code: code, needsCode: needsCode, visitor: SecondFactorLimitTests.home,
        on: &connection)
    }

    func verify(_ code: String, from visitor: Visitor = SecondFactorLimitTests.home) throws
      -> String
    {
      var connection = Connection(database)
      let outcome = try factors.verify(
        code, of: user, token: token, visitor: visitor, on: &connection)
      switch outcome {
      case .accepted(let renewed), .codes(_, let renewed):
        token = renewed
        return "accepted"
      case .wrong: return "wrong"
      case .limited: return "limited"
      case .notEnrolled: return "not enrolled"
      case .over: return "over"
      }
    }
  }

  private enum NotMade: Error { case user, factor }

  private static let home = Visitor(address: "192.0.2.1")
  private static let password = "a good password"
  private static let wrongCode = "no code"

  private static func fixture() throws -> Fixture {
    let fixture = try Fixture()
    try fixture.enrol()
    return fixture
  }

  /// RFC 4648, section 6, without padding.
  private static func bytes(base32 text: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for character in text {
      bits = (bits & 0xFFF) << 5 | UInt32(alphabet.firstIndex(of: character) ?? 0)
      count += 5
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return bytes
  }

  @Test func `asking to enrol again makes no failed code good`() throws {
    let fixture = try Self.fixture()
    var answers: [String] = []
    for _ in 1...2 {
      for _ in 1...4 { answers.append(try fixture.verify(Self.wrongCode)) }
      let again = try fixture.begin(code: "x")
      guard case .enrolled = again else {
        Issue.record("\(again)")
        return
      }
    }
    let looks = [String](repeating: "wrong", count: Int(SignInLimits.nameFailuresMax))
    #expect(answers == looks + ["limited", "limited", "limited"])
  }

  @Test func `a session that is over makes no failed code good`() throws {
    let fixture = try Self.fixture()
    for _ in 1...4 { #expect(try fixture.verify(Self.wrongCode) == "wrong") }
    let token = fixture.token
    fixture.token = String(token.reversed())
    let code = fixture.nextCode()
    #expect(try fixture.verify(code) == "over")
    fixture.token = token
    #expect(try fixture.verify(Self.wrongCode) == "wrong")
    #expect(try fixture.verify(Self.wrongCode) == "limited")
  }

  @Test func `a right code makes good what failed before it`() throws {
    let fixture = try Self.fixture()
    for _ in 1...4 { #expect(try fixture.verify(Self.wrongCode) == "wrong") }
    let code = fixture.nextCode()
    #expect(try fixture.verify(code) == "accepted")
    for _ in 1...5 { #expect(try fixture.verify(Self.wrongCode) == "wrong") }
    #expect(try fixture.verify(Self.wrongCode) == "limited")
  }

  @Test func `enrolment codes are guessed as seldom`() throws {
    let fixture = try Fixture()
    let answers = try (1...6).map { _ in
      switch try fixture.begin(code: "x") {
      case .wrongCode: "wrong"
      case .limited: "limited"
      default: "let in"
      }
    }
    let looks = [String](repeating: "wrong", count: Int(SignInLimits.nameFailuresMax))
    #expect(answers == looks + ["limited"])
  }

  @Test func `neighbours keep nobody's known browser from giving its code`() throws {
    let fixture = try Self.fixture()
    var connection = Connection(fixture.database)
    for number in 1...SignInLimits.networkFailuresMax {
      _ = try fixture.desk.signIn(
        username: "nobody-\(number)", password: Secret("wrong"), visitor: Self.home,
        on: &connection)
    }
    let code = fixture.nextCode()
    #expect(try fixture.verify(code) == "limited")
    let mark = try fixture.desk.newDeviceMark(of: fixture.user.id)
    let known = Visitor(address: "192.0.2.1", deviceMark: mark)
    #expect(try fixture.verify(code, from: known) == "accepted")
  }

  @Test func `a new mark for each guess is no way around the limit of codes`() throws {
    let fixture = try Self.fixture()
    let answers = try (1...6).map { _ in
      let mark = try fixture.desk.newDeviceMark(of: fixture.user.id)
      return try fixture.verify(
        Self.wrongCode, from: Visitor(address: "192.0.2.1", deviceMark: mark))
    }
    #expect(answers.last == "limited")
  }
}
