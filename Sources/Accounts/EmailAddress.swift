public import Crypto
public import Database
import Sealing
public import Vocabulary

/// Where a user can be written to. Hides itself when printed.
///
/// Invariant: one `@` with something before it, a domain with a dot after it, no white space and no
/// control characters; at most 254 bytes (RFC 5321, section 4.5.3.1.3). Whether it exists only a
/// message to it would tell.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public static let bytesMax = 254

  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard text.utf8.count <= EmailAddress.bytesMax, parts.count == 2, !parts[0].isEmpty,
      text.unicodeScalars.allSatisfy({ EmailAddress.isAllowed($0) }),
      EmailAddress.isDomain(parts[1])
    else { return nil }
    self.text = text
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value > 0x20 && !(0x7F...0x9F).contains(scalar.value)
      && !scalar.properties.isWhitespace && !"<>,;:\\\"()[]".unicodeScalars.contains(scalar)
  }

  private static func isDomain(_ text: Substring) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
  }

  public var description: String { "<e-mail>" }
}

/// Users' e-mail addresses, kept encrypted. Nobody needs one, and nothing looks a user up by it.
public struct EmailDesk: Sendable {
  let keyRing: KeyRing

  public init(keyRing: KeyRing) { self.keyRing = keyRing }

  /// Nil when the user has given none.
  public func address(
    of userID: UserID, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> EmailAddress? {
    let row = try executor.first("SELECT email FROM users WHERE id = \(userID)", as: [UInt8]?.self)
    guard let box = row ?? nil else { return nil }
    do throws(CryptoError) {
      let bytes = try SealedColumn.userEmail.open(box, at: userID.description, with: keyRing)
      return EmailAddress(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw DatabaseError.inconsistent("the e-mail address of user \(userID): \(error)")
    }
  }

  /// Sets a user's address, or removes it.
  public func set(
    _ address: EmailAddress?, of userID: UserID, in executor: inout some SQLExecutor & ~Copyable,
    at moment: Timestamp
  ) throws(DatabaseError) {
    var box: [UInt8]?
    if let address {
      do throws(CryptoError) {
        box = try SealedColumn.userEmail.seal(
          Array(address.text.utf8), at: userID.description, with: keyRing)
      } catch {
        throw DatabaseError.inconsistent("an e-mail address could not be encrypted: \(error)")
      }
    }
    _ = try executor.execute(
      "UPDATE users SET email = \(box), updated_at = \(moment) WHERE id = \(userID)")
  }
}
