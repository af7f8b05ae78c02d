public import Vocabulary

/// A price of a package as operators write it: `CNY:9.90`.
public enum PackagePrice {
  public enum Refusal: Error, Hashable, Sendable {
    /// No known currency, no colon, or no amount of it.
    case unreadable
    /// No provider charges it.
    case problem(PriceProblem)
  }

  public static func read(_ text: some StringProtocol) throws(Refusal) -> Money {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let currency = Currency(parts[0]),
      let price = Money(decimal: parts[1], currency: currency)
    else { throw .unreadable }
    if let problem = price.priceProblem { throw .problem(problem) }
    return price
  }
}
