/// An amount of one currency in integer minor units (分, cents).
///
/// Invariant: `0 <= minorUnits <= Limits.amountMinorUnitsMax`, so that sums of any plausible number
/// of amounts cannot overflow.
public struct Money: Hashable, Sendable, CustomStringConvertible {
  public let minorUnits: Int64
  public let currency: Currency

  /// Nil when `minorUnits` is negative or above `Limits.amountMinorUnitsMax`.
  public init?(minorUnits: Int64, currency: Currency) {
    guard (0...Limits.amountMinorUnitsMax).contains(minorUnits) else { return nil }
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Reads a plain decimal such as `9.9`, `9.90` or `10`, without floating point.
  ///
  /// Strict: ASCII digits, at most one point with at least one digit on each side, no sign, no
  /// exponent, no spaces, no digit beyond the currency's minor unit unless it is zero-free length
  /// (`9.900` for CNY is refused).
  public init?(decimal text: some StringProtocol, currency: Currency) {
    let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard fraction.count <= currency.minorUnitDigits else { return nil }
    let padding = [UInt8](repeating: 0x30, count: currency.minorUnitDigits - fraction.count)
    var total: Int64 = 0
    for byte in Array(parts[0]) + fraction + padding {
      guard (0x30...0x39).contains(byte) else { return nil }
      total = total * 10 + Int64(byte - 0x30)
      guard total <= Limits.amountMinorUnitsMax else { return nil }
    }
    self.init(minorUnits: total, currency: currency)
  }

  /// The amount as a plain decimal with all digits of the minor unit: `9.90`, `500` (JPY).
  public var decimal: String { currency.decimal(minorUnits: minorUnits) }

  /// The amount as people read it: `¥9.90`.
  public var display: String { currency.symbol + decimal }

  public var description: String { "\(decimal) \(currency)" }
}
