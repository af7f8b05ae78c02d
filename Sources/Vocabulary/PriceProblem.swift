/// Why providers do not charge an amount.
public enum PriceProblem: Hashable, Sendable, CustomStringConvertible {
  /// No provider charges in it: metals, funds and the code for no currency among them.
  case unknownCurrency(Currency)
  /// The currency has no minor unit, although providers count two digits of one.
  case notWhole(Currency)
  /// Of three digits the last has to be 0.
  case lastDigit(Currency)
  /// Less than providers take.
  case tooSmall(min: Money)
  /// More than providers take.
  case tooLarge(max: Money)

  public var description: String {
    switch self {
    case .unknownCurrency(let currency): "providers do not charge in \(currency)"
    case .notWhole(let currency): "\(currency) has no decimals"
    case .lastDigit(let currency): "the last decimal has to be 0 in \(currency)"
    case .tooSmall(let min): "the minimum is \(min)"
    case .tooLarge(let max): "the maximum is \(max)"
    }
  }
}

extension Money {
  /// Why no provider would charge this amount; nil when one does.
  public var priceProblem: PriceProblem? {
    guard currency.isCharged else { return .unknownCurrency(currency) }
    if let problem = stepProblem { return problem }
    let minimum = Money(minorUnits: currency.chargedMinorUnitsMin, currency: currency)
    if let minimum, minorUnits < minimum.minorUnits { return .tooSmall(min: minimum) }
    let maximum = Money(minorUnits: currency.chargedMinorUnitsMax, currency: currency)
    if let maximum, minorUnits > maximum.minorUnits { return .tooLarge(max: maximum) }
    return nil
  }

  /// Why providers do not know amounts as fine as this one; nil when they do. Part of a payment is given
  /// back in the same steps.
  public var stepProblem: PriceProblem? {
    if currency.isWholeInTwoDigits, minorUnits % 100 != 0 { return .notWhole(currency) }
    if currency.minorUnitDigits == 3, minorUnits % 10 != 0 { return .lastDigit(currency) }
    return nil
  }
}

extension Currency {
  /// Whether a provider charges in it: wallets in CNY, the card provider in all of these.
  ///
  /// Source: the card provider's table of currencies, whose checks in tests name the page.
  public var isCharged: Bool { Currency.chargedCodes.contains(code) }

  /// UGX and ISK have no minor unit, yet are charged with two digits of one.
  fileprivate var isWholeInTwoDigits: Bool { code == "UGX" || code == "ISK" }

  fileprivate var chargedMinorUnitsMin: Int64 { Currency.chargedMinima[code] ?? 1 }

  /// Wallets take up to 100,000,000.00 CNY; all other currencies are charged by the card provider alone.
  fileprivate var chargedMinorUnitsMax: Int64 {
    code == "CNY" || code == "IDR" ? Limits.amountMinorUnitsMax : Currency.cardMinorUnitsMax
  }

  /// The most that is taken by card, in minor units: eight digits, but twelve of IDR.
  private static let cardMinorUnitsMax: Int64 = 99_999_999

  /// The least that is taken by card, in minor units; wallets take 0.01 CNY. Of other currencies about half
  /// a dollar's worth is taken, which changes with the day.
  private static let chargedMinima: [String: Int64] = [
    "USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1_500,
    "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17_500, "INR": 50, "JPY": 50,
    "MXN": 1_000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300,
    "SGD": 50, "THB": 1_000,
  ]

  private static let chargedCodes = Set(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
    GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
    PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SZL THB TJS
    TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
    """.split(whereSeparator: \.isWhitespace).map { String($0) })
}
