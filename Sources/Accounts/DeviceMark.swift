import Crypto
public import Database
public import Vocabulary

/// What a browser keeps after somebody signed in with it: proof that it is none of those that guess from
/// somewhere. It lets nobody in; only its failures are counted apart from everybody's.
public enum DeviceMark {
  public static let lifetimeSeconds: Int64 = 365 * 24 * 3_600
  private static let nonceBytes = 16
  private static let charactersMax = 128

  fileprivate static func random() throws(CryptoError) -> String {
    Base64.encodeURLSafe(try randomBytes(count: nonceBytes))
  }

  fileprivate static func parts(_ mark: String) -> (nonce: Substring, proof: Substring)? {
    guard mark.utf8.count <= charactersMax else { return nil }
    let parts = mark.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }
}

extension AccountDesk {
  /// A mark for the browser that a user has just signed in with.
  public func newDeviceMark(of userID: UserID) throws(DatabaseError) -> String {
    do throws(CryptoError) {
      let nonce = try DeviceMark.random()
      return "\(nonce).\(proof(of: nonce, userID))"
    } catch {
      throw DatabaseError.inconsistent("no device mark could be made: \(error)")
    }
  }

  /// What tells a mark of ours from others; nil for a forged one and for another user's.
  func genuine(_ mark: String?, of userID: UserID) -> String? {
    guard let mark, let (nonce, given) = DeviceMark.parts(mark) else { return nil }
    let expected = proof(of: String(nonce), userID)
    return constantTimeEqual(Array(given.utf8), Array(expected.utf8)) ? String(nonce) : nil
  }

  private func proof(of nonce: String, _ userID: UserID) -> String {
    Base64.encodeURLSafe(keyed("device mark|\(userID)|\(nonce)"))
  }
}

extension Visitor {
  /// Whether the browser has a mark of this user already.
  public func isKnown(to desk: AccountDesk, as userID: UserID) -> Bool {
    desk.genuine(deviceMark, of: userID) != nil
  }
}
