import Kit
import Testing

@testable import Crypto

@Suite struct RSATests {
  /// The private key of `PublishedKey`, as PKCS #8 without PEM lines.
  static let bare = PublishedKey.privateKey

  static func pem(_ label: String, _ base64: String, lineEnd: String = "\n") -> String {
    var lines: [String] = []
    var rest = base64[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""])
      .joined(separator: lineEnd)
  }

  @Test func `the published signature comes out`() throws {
    let key = try RSAPrivateKey(text: Self.bare)
    let signature = try key.sign(Array("source".utf8))
    #expect(Base64.encode(signature) == PublishedSignature.signature)
    #expect(key.publicKey.isValid(signature, for: Array("source".utf8)))
  }

  @Test func `a key is read in every form that consoles hand out`() throws {
    let key = try RSAPrivateKey(text: Self.bare).publicKey
    let der = try #require(Base64.decode(Self.bare))
    // PKCS #8 wraps PKCS #1 behind a fixed head of 26 bytes.
    let pkcs1 = Base64.encode(Array(der.dropFirst(26)))
    let forms = [
      Self.bare, Self.bare + "\n", " " + Self.bare + "\r\n", "\u{FEFF}" + Self.bare, pkcs1,
      Self.pem("PRIVATE KEY", Self.bare), Self.pem("PRIVATE KEY", Self.bare, lineEnd: "\r\n"),
      Self.pem("RSA PRIVATE KEY", pkcs1), "Bag Attributes\n" + Self.pem("PRIVATE KEY", Self.bare),
    ]
    for form in forms {
      #expect(try RSAPrivateKey(text: form).publicKey.isSame(as: key))
    }
    let publicForm = Base64.encode(key.key.publicDER)
    let publicPKCS1 = Base64.encode(Array(key.key.publicDER.dropFirst(24)))
    for form in [
      publicForm, Self.pem("PUBLIC KEY", publicForm), publicPKCS1,
      Self.pem("RSA PUBLIC KEY", publicPKCS1),
    ] {
      #expect(try RSAPublicKey(text: form).isSame(as: key))
    }
  }

  @Test func `a mix-up is named`() throws {
    let key = try RSAPrivateKey(text: Self.bare)
    let publicForm = Base64.encode(key.publicKey.key.publicDER)
    #expect(throws: KeyError.wrongKind(expected: "a private key", found: "a public key")) {
      try RSAPrivateKey(text: publicForm)
    }
    #expect(throws: KeyError.wrongKind(expected: "a public key", found: "a private key")) {
      try RSAPublicKey(text: Self.bare)
    }
    #expect(throws: KeyError.wrongKind(expected: "a certificate", found: "private key")) {
      try Certificate.all(text: Self.pem("PRIVATE KEY", Self.bare))
    }
  }

  @Test(arguments: [
    "", " ", "not base64!", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----", "-----BEGIN ",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    String(repeating: "A", count: 300_000),
  ])
  func `what is no key is refused with a reason that shows none of it`(text: String) {
    do throws(KeyError) {
      _ = try RSAPrivateKey(text: text)
      Issue.record("it was taken")
    } catch {
      #expect(text.isEmpty || text == " " || !"\(error)".contains(text))
    }
  }

  @Test func `a short key is refused`() {
    // 1024 bit, made for this test.
    #expect(throws: KeyError.tooShort(bits: 1_024)) {
      try RSAPublicKey(text: PublishedSignature.shortPublicKey)
    }
  }

  @Test func `every flipped bit of a signature is seen`() throws {
    let key = try RSAPrivateKey(text: Self.bare)
    let signature = try key.sign(Array("source".utf8))
    for place in stride(from: 0, to: signature.count * 8, by: 37) {
      var flipped = signature
      flipped[place / 8] ^= 1 << (place % 8)
      #expect(!key.publicKey.isValid(flipped, for: Array("source".utf8)))
    }
    #expect(!key.publicKey.isValid(Array(signature.dropLast()), for: Array("source".utf8)))
    #expect(!key.publicKey.isValid(signature + [0], for: Array("source".utf8)))
    #expect(!key.publicKey.isValid([], for: Array("source".utf8)))
    #expect(!key.publicKey.isValid(signature, for: Array("Source".utf8)))
  }
}
