import COpenSSL
public import Vocabulary

/// A password as scrypt keeps it (RFC 7914), with the parameters beside the hash:
/// `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`.
public struct PasswordHash: Sendable {
  private let parameters: Parameters
  private let salt: [UInt8]
  private let hash: [UInt8]

  struct Parameters: Hashable, Sendable {
    /// Logarithm of the cost N to base 2.
    let logN: UInt64
    let r: UInt64
    let p: UInt64

    /// 32 MiB and about 60 ms of one core.
    static let current = Parameters(logN: 15, r: 8, p: 1)

    var memoryBytes: UInt64 { 128 * r * ((1 << logN) + p) }

    /// A stored text can never ask for more than this.
    static let memoryBytesMax: UInt64 = 128 * 1024 * 1024

    init(logN: UInt64, r: UInt64, p: UInt64) {
      self.logN = logN
      self.r = r
      self.p = p
    }

    init?(_ text: some StringProtocol) {
      let fields = text.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 3, let logN = Self.number(fields[0], "ln="),
        let r = Self.number(fields[1], "r="), let p = Self.number(fields[2], "p="),
        (1...20).contains(logN), (1...32).contains(r), (1...16).contains(p)
      else { return nil }
      self.init(logN: logN, r: r, p: p)
      guard memoryBytes <= Self.memoryBytesMax else { return nil }
    }

    private static func number(_ field: some StringProtocol, _ name: String) -> UInt64? {
      field.hasPrefix(name) ? UInt64(field.dropFirst(name.count)) : nil
    }

    var text: String { "ln=\(logN),r=\(r),p=\(p)" }
  }

  private static let saltBytes = 16
  private static let hashBytes = 32

  /// Hashes a new password with a fresh salt and today's parameters.
  public init(password: Secret) throws(CryptoError) {
    salt = try randomBytes(count: PasswordHash.saltBytes)
    parameters = .current
    hash = try PasswordHash.derive(
      password, salt: salt, parameters: .current, count: PasswordHash.hashBytes)
  }

  /// Nil when `text` is not a stored hash or asks for too much memory.
  public init?(parsing text: String) {
    let fields = text.split(separator: "$", omittingEmptySubsequences: false)
    guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
      let parameters = Parameters(fields[2]), let salt = Base64.decode(fields[3]),
      let hash = Base64.decode(fields[4]), salt.count >= 8, hash.count == PasswordHash.hashBytes
    else { return nil }
    self.parameters = parameters
    self.salt = salt
    self.hash = hash
  }

  public var text: String {
    "$scrypt$\(parameters.text)$\(Base64.encode(salt))$\(Base64.encode(hash))"
  }

  /// Whether `password` is the one that was hashed.
  public func verify(_ password: Secret) -> Bool {
    guard
      let derived = try? PasswordHash.derive(
        password, salt: salt, parameters: parameters, count: hash.count)
    else { return false }
    return constantTimeEqual(derived, hash)
  }

  /// Whether today's parameters are other ones.
  public var needsRehash: Bool { parameters != .current }

  static func derive(
    _ password: Secret, salt: [UInt8], parameters: Parameters, count: Int
  ) throws(CryptoError) -> [UInt8] {
    let password = Array(password.reveal().utf8).map { CChar(bitPattern: $0) }
    var output = [UInt8](repeating: 0, count: count)
    let status = unsafe EVP_PBE_scrypt(
      password, password.count, salt, salt.count, 1 << parameters.logN, parameters.r,
      parameters.p, parameters.memoryBytes * 2, &output, count)
    guard status == 1 else { throw opensslError("EVP_PBE_scrypt") }
    return output
  }
}
