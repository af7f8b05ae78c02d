public import FoundationEssentials
public import Vocabulary

extension Money {
  /// The amount as a JSON number without floating point.
  public var jsonNumber: Decimal {
    Decimal(
      sign: .plus, exponent: -currency.minorUnitDigits, significand: Decimal(minorUnits))
  }
}
