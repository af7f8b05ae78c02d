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

/// A password that somebody chose.
///
/// Invariant: 8 to 128 characters, at most 512 bytes.
public struct NewPassword: Sendable {
  let secret: Secret

  public static let lengths = 8...128
  static let bytesMax = 512

  public init?(_ text: String) {
    guard NewPassword.lengths.contains(text.count), text.utf8.count <= NewPassword.bytesMax else {
      return nil
    }
    secret = Secret(text)
  }
}
