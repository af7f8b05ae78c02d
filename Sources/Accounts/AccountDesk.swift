public import Crypto
import Database
public import Vocabulary

/// Users, their passwords and their sessions.
public struct AccountDesk: Sendable {
  let sessionKey: SymmetricKey
  let clock: WallClock
  let passwordWork: PasswordWork
  let signInTide = SignInTide()
  /// Compared with when there is no such user, so that a stranger cannot tell by the time it takes.
  let decoyHash: PasswordHash
  /// Names of partners, under which nobody registers.
  let reservedNames: Set<String>

  /// - Parameters:
  ///   - sessionKey: keys the stored hashes of session tokens and of sign-in subjects.
  ///   - reservedNames: of partners, under which nobody registers.
  public init(
    sessionKey: SymmetricKey, clock: WallClock, reservedNames: Set<String> = []
  ) throws(CryptoError) {
    self.sessionKey = sessionKey
    self.clock = clock
    self.reservedNames = reservedNames
    passwordWork = PasswordWork()
    decoyHash = try PasswordHash(password: Secret("no user has this password"))
  }

  /// HMAC-SHA-256 of a text under the session key.
  func keyed(_ text: String) -> [UInt8] {
    HMACSHA256.authenticationCode(for: Array(text.utf8), key: sessionKey.rawBytes)
  }
}
