/// The number of a coin order as users and providers see it: `COIN_20260102_12345678`.
///
/// Invariant: `COIN_`, eight digits of a local date, `_`, 8 to 12 random digits. At most 26
/// characters of `A-Z 0-9 _`, which every provider accepts as a merchant's order number.
public struct OrderNumber: Hashable, Sendable, CustomStringConvertible {
  public let text: String

  /// Digits that follow the date in a new number.
  public static let randomDigits = 8
  static let randomDigitsMax = 12
  private static let prefix = "COIN_"

  /// Nil unless `text` has exactly the form of an order number.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 26, text.hasPrefix(OrderNumber.prefix) else { return nil }
    let parts = text.utf8.dropFirst(5).split(separator: 0x5F, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 8,
      (OrderNumber.randomDigits...OrderNumber.randomDigitsMax).contains(parts[1].count),
      parts.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    self.text = String(text)
  }

  /// Whether a number begins like one of ours: of an order, a payment, or a refund. What does not is of
  /// other software; another CoinPay on the same account cannot be told from this one.
  public static func begins(_ number: String) -> Bool {
    let parts = number.utf8.split(
      separator: 0x5F, maxSplits: 2, omittingEmptySubsequences: false)
    return number.hasPrefix(OrderNumber.prefix) && parts.count == 3 && parts[1].count == 8
      && parts[1].allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A new number.
  /// - Parameters:
  ///   - date: the local date of the sale.
  ///   - generator: the system's CSPRNG; a parameter so that tests can force a collision.
  public init(date: CalendarTime, using generator: inout some RandomNumberGenerator) {
    let digits = String(Int.random(in: 0..<100_000_000, using: &generator))
    let padding = String(repeating: "0", count: OrderNumber.randomDigits - digits.count)
    text = OrderNumber.prefix + date.compactDate + "_" + padding + digits
  }

  public var description: String { text }
}
