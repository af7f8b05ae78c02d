public import Database
public import Vocabulary

/// What an order costs in each currency: the prices of its package at the moment when it was made.
///
/// They never change, so that a buyer who goes on to another method pays what was agreed on,
/// whatever has become of the package meanwhile.
extension CoinOrder {
  /// The price of the order in a currency; nil when it has none.
  public func price(
    in currency: Currency, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Money? {
    // An order made by a version that kept no prices still has the one that its buyer saw.
    if currency == amount.currency { return amount }
    return try executor.first(
      "SELECT amount FROM coin_order_prices WHERE order_id = \(id) AND currency = \(currency)",
      as: Int64.self
    ).flatMap { Money(minorUnits: $0, currency: currency) }
  }

  /// The price of the order in each currency that it has one in.
  public func prices(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [Money] {
    let kept = try executor.all(
      "SELECT currency, amount FROM coin_order_prices WHERE order_id = \(id)",
      as: (Currency, Int64).self
    ).compactMap { row in Money(minorUnits: row.1, currency: row.0) }
    return [amount] + kept.filter { $0.currency != amount.currency }
  }
}

extension NewCoinOrder {
  private var keptPrices: [Money] {
    let isListed = package.prices.contains { $0.currency == amount.currency }
    return isListed ? package.prices : package.prices + [amount]
  }

  /// `CNY=990,USD=149`
  var pricesText: String {
    keptPrices.sorted { $0.currency.code < $1.currency.code }
      .map { "\($0.currency)=\($0.minorUnits)" }.joined(separator: ",")
  }

  /// Keeps the prices with the order that was just inserted.
  func insertPrices(of id: OrderID, in transaction: inout Transaction) throws(DatabaseError) {
    try transaction.executeBulk(
      "INSERT INTO coin_order_prices (order_id, currency, amount) VALUES (?, ?, ?)",
      rows: keptPrices.map { [id, $0.currency, $0.minorUnits] })
  }
}
