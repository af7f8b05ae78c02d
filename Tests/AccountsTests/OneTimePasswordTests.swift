import Crypto
import Testing
import Vocabulary

@testable import Accounts

struct OneTimePasswordTests {
  private static let secret = Array("12345678901234567890".utf8)

  /// RFC 4226, appendix D.
  @Test func `codes agree with RFC 4226`() {
    let expected = [
      "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
      "520489",
    ]
    for (step, code) in expected.enumerated() {
      #expect(OneTimePassword.code(Self.secret, step: Int64(step)) == code)
    }
  }

  /// RFC 6238, appendix B: the last six of its eight digits.
  @Test(
    arguments: [
      (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
      (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ] as [(Int64, String)])
  func `codes agree with RFC 6238`(seconds: Int64, code: String) {
    let moment = Timestamp(unixSeconds: seconds)
    let step = OneTimePassword.step(at: moment)
    #expect(OneTimePassword.code(Self.secret, step: step) == code)
    #expect(OneTimePassword.drift(of: code, Self.secret, at: moment, among: 0...0) == 0)
  }

  @Test(arguments: [-2, -1, 0, 1, 2] as [Int64])
  func `a code lives for its own step on the device's clock and no longer`(offset: Int64) {
    let moment = Timestamp(unixSeconds: 1_800_000_015)
    let code = OneTimePassword.code(Self.secret, step: OneTimePassword.step(at: moment) + offset)
    let enrolling = OneTimePassword.drift(
      of: code, Self.secret, at: moment, among: OneTimePassword.drifts)
    #expect(enrolling == ((-1...1).contains(offset) ? offset : nil))
    for known in OneTimePassword.drifts {
      let found = OneTimePassword.drift(of: code, Self.secret, at: moment, among: known...known)
      #expect((found != nil) == (known == offset))
    }
  }

  @Test(arguments: ["", "1", "12345", "1234567", "abcdef", "１２３４５６"])
  func `what is no code is none`(text: String) {
    let moment = Timestamp(unixSeconds: 59)
    #expect(
      OneTimePassword.drift(of: text, Self.secret, at: moment, among: OneTimePassword.drifts) == nil
    )
  }

  @Test func `recovery codes differ and are compared without regard to how they are typed`() throws
  {
    let codes = try (0..<50).map { _ in try RecoveryCode.random().text }
    #expect(Set(codes).count == 50)
    let user = UserID(7)
    for code in codes {
      #expect(code.split(separator: "-").map(\.count) == [4, 4, 4, 4, 4, 4])
      let typed = code.uppercased().split(separator: "-").joined(separator: " ")
      #expect(RecoveryCode.hash(code, of: user) == RecoveryCode.hash(typed, of: user))
      #expect(RecoveryCode.hash(code, of: user) != RecoveryCode.hash(code, of: UserID(8)))
    }
  }
}
