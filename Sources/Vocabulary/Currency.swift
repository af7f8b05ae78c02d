/// An ISO 4217 currency and the number of minor-unit digits that providers charge it with.
///
/// Invariant: `code` is three upper-case ASCII letters.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
  public let code: String

  public static let cny = Currency(validCode: "CNY")
  public static let usd = Currency(validCode: "USD")

  private init(validCode: String) { code = validCode }

  /// Accepts three ASCII letters in either case; anything else is nil.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 3, bytes.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
      return nil
    }
    code = String(decoding: bytes.map { $0 & 0xDF }, as: UTF8.self)
  }

  /// Decimal digits of the minor unit as payment providers count it (0, 2 or 3).
  ///
  /// Source: the card provider's table of currencies. UGX and ISK have no minor unit, yet are charged with two.
  public var minorUnitDigits: Int {
    if Currency.zeroDecimalCodes.contains(code) { return 0 }
    if Currency.threeDecimalCodes.contains(code) { return 3 }
    return 2
  }

  /// Codes of the currencies without a minor unit, and of those whose minor unit has three digits.
  public static var unusualCodes: (zeroDecimal: [String], threeDecimal: [String]) {
    (zeroDecimalCodes.sorted(), threeDecimalCodes.sorted())
  }

  /// Minor units, also sums and what is below zero, as a plain decimal: `-9.90`, `500` (JPY).
  public func decimal(minorUnits: Int64) -> String {
    let digits = minorUnitDigits
    let sign = minorUnits < 0 ? "-" : ""
    let text = String(minorUnits.magnitude)
    guard digits > 0 else { return sign + text }
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// The sign shown before an amount, or the code when there is no common sign.
  public var symbol: String {
    switch code {
    case "CNY", "JPY": "¥"
    case "USD": "$"
    case "EUR": "€"
    case "GBP": "£"
    default: code + " "
    }
  }

  public var description: String { code }

  private static let zeroDecimalCodes: Set<String> = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
  ]
  private static let threeDecimalCodes: Set<String> = ["BHD", "JOD", "KWD", "OMR", "TND"]
}
