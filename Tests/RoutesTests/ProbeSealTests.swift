import Crypto
import Testing
import Vocabulary

@testable import Routes

@Suite struct ProbeSealTests {
  static let now = Timestamp(unixSeconds: 1_800_000_000)
  static let nonce = [UInt8](repeating: 7, count: ProbeSeal.nonceBytes)

  private func seal(_ byte: UInt8 = 1) throws -> ProbeSeal {
    let bytes = [UInt8](repeating: byte, count: SymmetricKey.byteCount)
    return ProbeSeal(sessionKey: try #require(SymmetricKey(bytes)))
  }

  @Test func `a probe of the same key is genuine, as often as it comes`() throws {
    let header = try seal().header(at: Self.now, nonce: Self.nonce)
    #expect(try seal().isGenuine(header, at: Self.now))
    #expect(try seal().isGenuine(header, at: Self.now.adding(seconds: 1)))
  }

  @Test(arguments: [-1, 1] as [Int64])
  func `a probe is good for a while and no longer`(direction: Int64) throws {
    let header = try seal().header(at: Self.now, nonce: Self.nonce)
    let limit = ProbeSeal.ageSecondsMax
    #expect(try seal().isGenuine(header, at: Self.now.adding(seconds: direction * limit)))
    #expect(try !seal().isGenuine(header, at: Self.now.adding(seconds: direction * (limit + 1))))
  }

  @Test func `a probe of another key is forged`() throws {
    let header = try seal(2).header(at: Self.now, nonce: Self.nonce)
    #expect(try !seal(1).isGenuine(header, at: Self.now))
  }

  @Test func `the session key itself makes no probe`() throws {
    let key = [UInt8](repeating: 1, count: SymmetricKey.byteCount)
    let content = "\(Self.now.unixSeconds).\(Hex.encode(Self.nonce))"
    let mac = HMACSHA256.authenticationCode(for: Array(content.utf8), key: key)
    #expect(try !seal(1).isGenuine("\(content).\(Hex.encode(mac))", at: Self.now))
  }

  @Test func `no part of a probe can be changed`() throws {
    let header = try seal().header(at: Self.now, nonce: Self.nonce)
    let parts = header.split(separator: ".").map(String.init)
    let later = "\(Self.now.unixSeconds + 1).\(parts[1]).\(parts[2])"
    let other = "\(parts[0]).\(String(repeating: "08", count: ProbeSeal.nonceBytes)).\(parts[2])"
    let cut = "\(parts[0]).\(parts[1]).\(parts[2].dropLast(2))"
    for forged in [later, other, cut, "", "..", "\(header).", "\(parts[0]).\(parts[2])"] {
      #expect(try !seal().isGenuine(forged, at: Self.now), "\(forged)")
    }
  }

  @Test func `a time beyond all bounds is no probe`() throws {
    let far = "9223372036854775807.\(Hex.encode(Self.nonce))"
    #expect(try !seal().isGenuine("\(far).00", at: Self.now))
  }
}
