import Orders
import Vocabulary

/// Whether the prices on sale are such that a provider charges them. New ones are refused; those that
/// stand already, and those that an import wrote, may not be.
enum PriceChecks {
  /// Prices that a finding names one by one.
  private static let namedMax = 5

  static func finding(_ packages: [CoinPackage]) -> Finding {
    let wrong = packages.filter(\.isActive).flatMap { package in
      package.prices.compactMap { price in
        price.priceProblem.map { "package \(package.id) for \(price): \($0)" }
      }
    }
    guard !wrong.isEmpty else {
      return .ok(.work, "prices", "every price on sale can be charged")
    }
    return .warning(
      .work, "prices",
      "\(wrong.count) prices on sale are charged by no provider: "
        + wrong.prefix(namedMax).joined(separator: "; "),
      do: "change the packages' prices in the console")
  }
}
