public import Vocabulary

/// Why somebody may not have a password.
public enum PasswordRefusal: Error, Hashable, Sendable {
  case tooShort(charactersMin: Int)
  case tooLong
  /// It is little more than the user's name, or than a word that everybody would try here.
  case tooPlain
  case common
}

/// A password that somebody chose.
///
/// Invariant: long enough for the user's role, none that guessing begins with. Of which characters it
/// is made is its owner's business: spaces are welcome, and so are whole sentences.
public struct NewPassword: Sendable {
  let secret: Secret
  /// Whether somebody behind the counter may have it too.
  let isForStaff: Bool

  /// For those who buy.
  public static let charactersMin = 10
  /// For those who may look behind the counter.
  public static let staffCharactersMin = 12
  /// Counted by code points: what is seen as one character may be of any number of them.
  public static let limit = TextLimit(256, .scalars)
  /// As much as is looked at when somebody signs in.
  static let bytesMax = 1_024

  /// Words that a password may not consist of, alone or with a few characters around: what this is
  /// and what it sells. The article `Accounts` lists them.
  static let plainWords = ["coinpay", "金币中心", "金币", "administrator"]
  /// Characters beside such words or the name that do not make a password.
  static let decorationCharactersMax = 4

  public static func charactersMin(for role: UserRole) -> Int {
    role > .user ? staffCharactersMin : charactersMin
  }

  public init(
    _ text: String, of username: Username, role: UserRole = .user
  ) throws(PasswordRefusal) {
    let least = NewPassword.charactersMin(for: role)
    // What its owner sees and types: the fewest of all counts.
    guard text.count >= least else { throw .tooShort(charactersMin: least) }
    guard NewPassword.limit.fits(text), text.utf8.count <= NewPassword.bytesMax else {
      throw .tooLong
    }
    let plain = text.lowercased()
    for word in [username.text, String(username.text.reversed())] + NewPassword.plainWords
    where NewPassword.rest(of: plain, without: word) <= NewPassword.decorationCharactersMax {
      throw .tooPlain
    }
    if CommonPasswords.contain(text) { throw .common }
    secret = Secret(text)
    isForStaff = text.count >= NewPassword.staffCharactersMin
  }

  /// Characters that are left when a word is taken out wherever it stands.
  private static func rest(of text: String, without word: String) -> Int {
    var (rest, left) = (text[...], 0)
    while !rest.isEmpty {
      if rest.hasPrefix(word) {
        rest = rest.dropFirst(word.count)
      } else {
        rest = rest.dropFirst()
        left += 1
      }
    }
    return left
  }
}
