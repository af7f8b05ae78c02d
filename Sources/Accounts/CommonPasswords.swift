/// The passwords that guessing begins with: what people chose on sites whose passwords became known.
///
/// The list is put together from Debian's packages `python3-zxcvbn`, `python3-django`, `john-data` and
/// `hashcat-data` by `Tests/support/common_passwords.py`, without those that are too short for us in
/// any case. It holds more than the 10,000 most common ones that are long enough.
enum CommonPasswords {
  private static let all = Set(list.split(separator: "\n"))

  /// Capitals do not make a common password a rare one.
  static func contain(_ text: String) -> Bool { all.contains(Substring(text.lowercased())) }
}
