/// Hides what nobody should read in a log when something from outside brings it: mail addresses, card
/// and telephone numbers, WeChat open ids, keys.
///
/// It is the second defence. The first is that callers hand over numbers and codes only.
public enum Masking {
  /// Stands for what is hidden.
  static let mark = "***"

  /// Digits of a card number. Source: ISO/IEC 7812-1.
  private static let cardDigits = 13...19
  /// Digits of one group of a card number that is written with spaces or hyphens.
  private static let cardGroupDigits = 4
  /// Digits at the end of a number that stay, so that it can be recognised.
  private static let shownDigits = 4
  /// Digits of a telephone number of mainland China.
  private static let phoneDigits = 11
  /// Characters of a WeChat open id, which begins with `o`.
  private static let openIDCharacters = 28
  /// Beginnings of secrets that card providers hand out.
  private static let secretPrefixes = [
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_",
  ].map { Array($0.utf8) }
  /// Stands between a PaymentIntent's number and what lets a browser pay it.
  private static let clientSecretMark = Array("_secret_".utf8)
  private static let pemMark = "-----BEGIN"

  /// - Returns: the text with such parts masked; texts without them are returned as they are.
  public static func mask(_ text: String) -> String {
    guard mayHide(text.utf8) else { return text }
    if text.contains(pemMark) { return "<pem>" }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard isPartOfWord(bytes[index]) else {
        result.append(bytes[index])
        index += 1
        continue
      }
      if let end = cardEnd(bytes, from: index) {
        result += maskedNumber(bytes[index..<end])
        index = end
        continue
      }
      let end = bytes[index...].firstIndex { !isPartOfWord($0) } ?? bytes.count
      result += masked(bytes[index..<end])
      index = end
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Most texts have nothing of the kind and are not worth a nearer look.
  private static func mayHide(_ bytes: String.UTF8View) -> Bool {
    var digits = 0
    for byte in bytes {
      if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "_") { return true }
      if isDigit(byte) { digits += 1 }
    }
    return digits >= phoneDigits || bytes.count >= openIDCharacters
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
    default: "_-.@+".utf8.contains(byte)
    }
  }

  private static func masked(_ word: ArraySlice<UInt8>) -> [UInt8] {
    let mark = Array(mark.utf8)
    if let at = word.lastIndex(of: UInt8(ascii: "@")), at > word.startIndex,
      word[at...].contains(UInt8(ascii: "."))
    {
      return mark + word[at...]
    }
    if let prefix = secretPrefixes.first(where: { word.starts(with: $0) }) { return prefix + mark }
    if let range = word.firstRange(of: clientSecretMark) { return word[..<range.upperBound] + mark }
    if word.count == openIDCharacters, word.first == UInt8(ascii: "o") {
      return [UInt8(ascii: "o")] + mark
    }
    return isPhone(word) ? maskedNumber(word) : Array(word)
  }

  /// Mobile numbers of mainland China begin with 13 to 19.
  private static func isPhone(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count == phoneDigits, word.allSatisfy(isDigit) else { return false }
    let second = word[word.startIndex + 1]
    return word.first == UInt8(ascii: "1") && second >= UInt8(ascii: "3")
  }

  private static func maskedNumber(_ number: ArraySlice<UInt8>) -> [UInt8] {
    Array(mark.utf8) + number.filter(isDigit).suffix(shownDigits)
  }

  /// Where a card number ends that begins at an index; nil when none begins there.
  private static func cardEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    // Digits inside a longer name belong to it.
    if start > 0, isPartOfWord(bytes[start - 1]), bytes[start - 1] < 0x80 { return nil }
    let run = bytes[start...].prefix(while: isDigit)
    if cardDigits.contains(run.count) { return isCard(run, bytes) ? run.endIndex : nil }
    guard run.count == cardGroupDigits, run.endIndex < bytes.count,
      [UInt8(ascii: " "), UInt8(ascii: "-")].contains(bytes[run.endIndex])
    else { return nil }
    let separator = bytes[run.endIndex]
    let grouped = bytes[start...].prefix { isDigit($0) || $0 == separator }
    let groups = grouped.split(separator: separator).prefix(cardDigits.upperBound / cardGroupDigits)
    guard let last = groups.last, groups.dropLast().allSatisfy({ $0.count == cardGroupDigits })
    else { return nil }
    let number = bytes[start..<last.endIndex]
    return isCard(number, bytes) ? number.endIndex : nil
  }

  private static func isCard(_ number: ArraySlice<UInt8>, _ bytes: [UInt8]) -> Bool {
    let digits = number.filter(isDigit).map { Int($0 - UInt8(ascii: "0")) }
    let isWhole = number.endIndex == bytes.count || !isPartOfName(bytes[number.endIndex])
    return isWhole && cardDigits.contains(digits.count) && Set(digits).count > 1 && isLuhn(digits)
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte != UInt8(ascii: ".") && isPartOfWord(byte)
  }

  /// Source: ISO/IEC 7812-1, annex B.
  private static func isLuhn(_ digits: [Int]) -> Bool {
    let sum = digits.reversed().enumerated().reduce(0) { sum, item in
      guard item.offset % 2 == 1 else { return sum + item.element }
      let doubled = item.element * 2
      return sum + (doubled > 9 ? doubled - 9 : doubled)
    }
    return sum % 10 == 0
  }
}
