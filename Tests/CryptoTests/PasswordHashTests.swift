import Testing
import Vocabulary

@testable import Crypto

struct PasswordHashTests {
  /// RFC 7914, section 12, without the case that takes 1 GiB.
  struct Case: Sendable {
    let password: String
    let salt: String
    let parameters: PasswordHash.Parameters
    let output: String
  }

  private static let cases = [
    Case(
      password: "", salt: "", parameters: .init(logN: 4, r: 1, p: 1),
      output: """
        77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
        fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
        """),
    Case(
      password: "password", salt: "NaCl", parameters: .init(logN: 10, r: 8, p: 16),
      output: """
        fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
        """),
    Case(
      password: "pleaseletmein", salt: "SodiumChloride",
      parameters: .init(logN: 14, r: 8, p: 1),
      output: """
        7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
        d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
        """),
  ]

  @Test(arguments: cases)
  func `scrypt agrees with RFC 7914`(example: Case) throws {
    let output = try PasswordHash.derive(
      Secret(example.password), salt: Array(example.salt.utf8), parameters: example.parameters,
      count: 64)
    #expect(Hex.encode(output) == example.output)
  }

  @Test func `a password is known again from the stored text and no other one is`() throws {
    let made = try PasswordHash(password: Secret("correct horse 电池 🔋"))
    let stored = try #require(PasswordHash(parsing: made.text))
    #expect(stored.text == made.text)
    #expect(stored.verify(Secret("correct horse 电池 🔋")))
    #expect(!stored.verify(Secret("correct horse 电池")))
    #expect(!stored.verify(Secret("")))
    #expect(!stored.needsRehash)
  }

  @Test func `the stored text names its parameters and holds no password`() throws {
    let text = try PasswordHash(password: Secret("hunter2-hunter2")).text
    let fields = text.split(separator: "$", omittingEmptySubsequences: false)
    #expect(fields.prefix(3) == ["", "scrypt", "ln=15,r=8,p=1"])
    #expect(Base64.decode(fields[3])?.count == 16)
    #expect(Base64.decode(fields[4])?.count == 32)
    #expect(!text.contains("hunter2"))
  }

  @Test func `the same password is salted differently each time`() throws {
    let password = Secret("same password")
    let first = try PasswordHash(password: password)
    let second = try PasswordHash(password: password)
    #expect(first.text != second.text)
  }

  @Test func `a hash of other parameters is verified and asks to be made anew`() throws {
    let parameters = PasswordHash.Parameters(logN: 10, r: 8, p: 1)
    let salt = [UInt8](0..<16)
    let hash = try PasswordHash.derive(
      Secret("old password"), salt: salt, parameters: parameters, count: 32)
    let text = "$scrypt$ln=10,r=8,p=1$\(Base64.encode(salt))$\(Base64.encode(hash))"
    let stored = try #require(PasswordHash(parsing: text))
    #expect(stored.verify(Secret("old password")))
    #expect(!stored.verify(Secret("new password")))
    #expect(stored.needsRehash)
  }

  @Test func `every flipped bit of a stored hash refuses the password`() throws {
    let parameters = PasswordHash.Parameters(logN: 1, r: 1, p: 1)
    let salt = [UInt8](0..<16)
    let password = Secret("password")
    let hash = try PasswordHash.derive(password, salt: salt, parameters: parameters, count: 32)
    for bit in 0..<hash.count * 8 {
      let changed = Base64.encode(hash.flippingBit(bit))
      let text = "$scrypt$ln=1,r=1,p=1$\(Base64.encode(salt))$\(changed)"
      #expect(PasswordHash(parsing: text)?.verify(password) == false)
    }
  }

  @Test(arguments: [
    "ln=20,r=8,p=1", "ln=18,r=8,p=1", "ln=17,r=32,p=1", "ln=63,r=8,p=1", "ln=64,r=8,p=1",
    "ln=18446744073709551615,r=8,p=1", "ln=15,r=33,p=1", "ln=15,r=8,p=17", "ln=0,r=8,p=1",
    "ln=15,r=0,p=1", "ln=15,r=8,p=0", "ln=-1,r=8,p=1", "ln=,r=8,p=1", "ln=15,r=8",
    "ln=15,r=8,p=1,q=1", "r=8,ln=15,p=1", "N=15,r=8,p=1", "",
  ])
  func `parameters that ask for too much or make no sense are refused`(parameters: String) {
    let salt = Base64.encode([UInt8](0..<16))
    let hash = Base64.encode([UInt8](0..<32))
    #expect(PasswordHash(parsing: "$scrypt$\(parameters)$\(salt)$\(hash)") == nil)
  }

  @Test func `text that is not a stored hash is refused`() {
    let salt = Base64.encode([UInt8](0..<16))
    let hash = Base64.encode([UInt8](0..<32))
    let head = "scrypt$ln=15,r=8,p=1"
    let texts = [
      "", "$", "password", "\(head)$\(salt)$\(hash)", "$\(head)$\(salt)", "$\(head)$\(salt)$",
      "$\(head)$\(salt)$\(hash)$", "$\(head)$$\(hash)", "$\(head)$AAAA$\(hash)",
      "$\(head)$\(salt)$\(Base64.encode([UInt8](0..<31)))", "$\(head)$\(salt)$\(hash.dropLast())",
      "$argon2id$ln=15,r=8,p=1$\(salt)$\(hash)", " $\(head)$\(salt)$\(hash)",
    ]
    for text in texts { #expect(PasswordHash(parsing: text) == nil, "\(text)") }
    #expect(PasswordHash(parsing: "$\(head)$\(salt)$\(hash)") != nil)
  }
}
