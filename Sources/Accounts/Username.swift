import Vocabulary

/// The name that a user signs in with.
///
/// Invariant: 3 to 32 characters of `a-z 0-9 . _ -`, beginning with a letter or digit. Upper case is
/// taken as lower case, so that two names never differ by case alone.
public struct Username: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  public static let lengths = 3...32

  public init?(_ text: some StringProtocol) {
    let lower = text.lowercased()
    guard Username.lengths.contains(lower.utf8.count), lower.utf8.allSatisfy(Username.isAllowed),
      let first = lower.utf8.first, first != 0x2D, first != 0x2E, first != 0x5F
    else { return nil }
    self.text = lower
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  public var description: String { text }
}

extension Username {
  /// Whether a stranger could pass for the house under this name: nobody registers it, operators may
  /// give it. Digits and separators around a word do not make it another name.
  ///
  /// - Parameter others: more such words, of partners of the house.
  public func isReserved(beside others: Set<String> = []) -> Bool {
    let letters = String(decoding: text.utf8.filter { (0x61...0x7A).contains($0) }, as: UTF8.self)
    return Username.reserved.contains(letters) || others.contains(letters)
      || text.hasPrefix(Pseudonym.prefix)
  }

  private static let reserved: Set<String> = [
    "abuse", "accounting", "admin", "administration", "administrator", "admins",
    "audit", "auditor", "billing", "cashier", "coinpay", "customerservice", "finance", "help",
    "helpdesk", "hostmaster", "info", "kefu", "manager", "moderator", "noreply", "official",
    "operator", "operators", "owner", "payment", "payments", "postmaster", "refund", "refunds",
    "root", "security", "service", "staff", "sudo", "superuser", "support", "sysadmin",
    "system", "webmaster", "www",
  ]
}
