import Crypto
import HTTP
import HTTPTypes
import Provider
import Testing
import Vocabulary

@testable import Stripe

@Suite struct SignatureTests {
  static let secret = Secret("whsec_unit_test")
  static let now = Timestamp(unixSeconds: 1_800_000_000)
  static let body = Array("{}".utf8)

  static func header(_ time: Int64, _ body: [UInt8] = body, secret: Secret = secret) -> String {
    let code = HMACSHA256.authenticationCode(
      for: Array("\(time).".utf8) + body, key: Array(secret.reveal().utf8))
    return "t=\(time),v1=\(Hex.encode(code))"
  }

  static func refusal(
    _ header: String, secrets: [Secret] = [secret]
  ) -> NotificationRefusal? {
    do throws(NotificationRefusal) {
      try StripeSignature(header).verify(body, secrets: secrets, now: now)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [-300, -299, 0, 299, 300])
  func `a time within the tolerance is accepted`(offset: Int64) {
    #expect(Self.refusal(Self.header(Self.now.unixSeconds + offset)) == nil)
  }

  @Test func `a time beyond the tolerance is refused to either side`() {
    #expect(Self.refusal(Self.header(Self.now.unixSeconds - 301)) == .tooOld)
    #expect(Self.refusal(Self.header(Self.now.unixSeconds + 301)) == .fromTheFuture)
  }

  @Test func `any secret in force may have signed`() {
    let old = Secret("whsec_old")
    let header = Self.header(Self.now.unixSeconds, secret: old)
    #expect(Self.refusal(header, secrets: [Self.secret, old]) == nil)
    #expect(Self.refusal(header, secrets: [Self.secret]) == .signatureWrong)
    #expect(Self.refusal(header, secrets: []) == .notSigned)
    #expect(Self.refusal(header, secrets: [Secret("")]) == .notSigned)
  }

  @Test func `any v1 of several may match`() {
    let parts = Self.header(Self.now.unixSeconds).split(separator: ",")
    let wrong = "v1=" + String(repeating: "0", count: 64)
    #expect(Self.refusal("\(parts[0]),\(wrong),\(parts[1])") == nil)
    #expect(Self.refusal("\(parts[0]),\(parts[1]),\(wrong)") == nil)
  }

  @Test func `every flipped bit of a signature is refused`() throws {
    let header = Self.header(Self.now.unixSeconds)
    let hex = try #require(header.split(separator: "=").last)
    let bytes = try #require(Hex.decode(hex))
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << UInt8(bit)
        let forged = "t=\(Self.now.unixSeconds),v1=\(Hex.encode(changed))"
        #expect(Self.refusal(forged) == .signatureWrong)
      }
    }
  }
}
