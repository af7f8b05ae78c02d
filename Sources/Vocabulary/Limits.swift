/// Bounds that hold everywhere in CoinPay. Each name ends in its unit.
public enum Limits {
  /// Largest amount of one payment, in minor units: 100,000,000.00 in a two-digit currency.
  public static let amountMinorUnitsMax: Int64 = 10_000_000_000
  /// Largest number of coins moved by one ledger entry.
  public static let coinsMax: Int64 = 1_000_000_000_000
  /// Largest body of a request, in bytes, at every address but those of notifications. nginx has the same bound.
  public static let bodyBytesMax = 64 * 1024
  /// Largest notification of a provider, in bytes: an event about a dispute holds the evidence of both sides.
  /// nginx has the same bound.
  public static let notificationBytesMax = 1024 * 1024
  /// Events settled by one transaction (design rule 5 of the money rules).
  public static let settlementGroupEventsMax = 64
  /// Raw notifications stored by one transaction, in bytes, unless one alone is larger. MariaDB takes 16 MiB at once.
  public static let settlementGroupBytesMax = 4 * 1024 * 1024
  /// Attempts at one database transaction that ends in deadlock or lock timeout.
  public static let transactionAttemptsMax = 8
  /// Lock timeouts, of seconds each, after which a transaction is given up.
  public static let lockTimeoutsMax = 2
  /// Length of an `Idempotency-Key` header, in characters.
  public static let idempotencyKeyCharactersMax = 255
  /// Entries on one page of a list.
  public static let pageEntriesMax = 100
}
