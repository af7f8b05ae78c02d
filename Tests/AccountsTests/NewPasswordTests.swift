import Testing
import Vocabulary

@testable import Accounts

struct NewPasswordTests {
  private static func refusal(
    _ text: String, of name: String = "alice", role: UserRole = .user
  ) throws -> PasswordRefusal? {
    let name = try #require(Username(name))
    do throws(PasswordRefusal) {
      _ = try NewPassword(text, of: name, role: role)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    (9, UserRole.user, false), (10, .user, true), (11, .viewer, false), (12, .viewer, true),
    (11, .operator, false), (12, .operator, true), (11, .administrator, false),
    (12, .administrator, true), (256, .user, true), (257, .user, false),
  ])
  func `length is counted in characters`(count: Int, role: UserRole, isAllowed: Bool) throws {
    let text = String(repeating: "密", count: count)
    #expect(try (Self.refusal(text, role: role) == nil) == isAllowed)
  }

  @Test(arguments: [
    ("👨‍👩‍👧‍👦🐈", 5, true), ("👨‍👩‍👧‍👦🐈", 32, true), ("👨‍👩‍👧‍👦🐈", 33, false),
    ("👨‍👩‍👧‍👦", 9, false),
  ])
  func `what is seen as one character makes a password long by its parts, not short`(
    text: String, times: Int, isAllowed: Bool
  ) throws {
    #expect(try (Self.refusal(String(repeating: text, count: times)) == nil) == isAllowed)
  }

  @Test(arguments: [
    "correct horse battery staple", "我家的猫喜欢在窗台上晒太阳", "👩‍👩‍👧‍👦🐈🌙⭐️🔥🎈🎉🍀🌊🌋", "          x          ",
    "no digits no capitals",
  ])
  func `any characters do`(text: String) throws {
    #expect(try Self.refusal(text) == nil)
  }

  @Test(arguments: [
    "1234567890", "qwertyuiop", "Password123", "PASSWORD1234", "1qaz2wsx3edc", "0987654321",
  ])
  func `what everybody tries first is refused`(text: String) throws {
    #expect(try Self.refusal(text) == .common)
  }

  @Test(arguments: [
    ("alexandra1", "alexandra1"), ("alexandra", "Alexandra!"), ("alexandra", "ardnaxela1"),
    ("alice", "alicealice"), ("alice", "alice-alice-1"), ("bob", "CoinPay2026"),
    ("bob", "coinpaycoinpay"),
  ])
  func `the name and the house's own words are no password`(name: String, text: String) throws {
    #expect(try Self.refusal(text, of: name) == .tooPlain)
  }

  @Test func `the demo accounts of development are as the readme says`() throws {
    #expect(try Self.refusal("demo-password", of: "demo") == nil)
    #expect(try Self.refusal("admin-password", of: "admin", role: .administrator) == nil)
  }

  @Test func `the list holds thousands that are long enough`() {
    #expect(CommonPasswords.list.split(separator: "\n").count { $0.count >= 10 } >= 10_000)
  }

  @Test(arguments: [
    ("admin", true), ("administrator", true), ("root", true), ("support", true),
    ("admin1", true), ("ad.min", true), ("root-2", true), ("kefu", true), ("erased-7", true),
    ("partner", true), ("part.ner2", true), ("partners", false),
    ("alice", false), ("user1", false), ("roots", false), ("demo", false), ("adminton", false),
  ])
  func `nobody passes for the house`(name: String, isReserved: Bool) throws {
    #expect(try #require(Username(name)).isReserved(beside: ["partner"]) == isReserved)
  }
}
