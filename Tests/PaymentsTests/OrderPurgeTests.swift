import Database
import Kit
import Ledger
import Testing
import Vocabulary

@testable import Payments

/// Which orders a purge removes, on a real database.
@Suite struct OrderPurgeTests {
  private static let now = Timestamp(unixSeconds: 1_800_000_000)
  private static let cutoff = now.adding(seconds: -90 * 86_400)

  /// An order that is not paid and over for 100 days, and what makes it different.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let change: String
    let isRemoved: Bool

    init(_ name: String, _ change: String = "DO 0", isRemoved: Bool = false) {
      self.name = name
      self.change = change
      self.isRemoved = isRemoved
    }

    var testDescription: String { name }
  }

  static let event = """
    INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, merchant_account,
      live_mode, amount, currency, occurred_at, received_at, state, outcome, settled_at,
      next_attempt_at, payment_id)
    """

  static let cases = [
    Case("expired", isRemoved: true),
    Case("cancelled", "UPDATE coin_orders SET status = 'CANCELLED'", isRemoved: true),
    Case("failed", "UPDATE coin_orders SET status = 'FAILED'", isRemoved: true),
    Case("with a failed attempt", "UPDATE payments SET status = 'FAILED'", isRemoved: true),
    Case(
      "with settled news that no money moved",
      "\(event) VALUES ('MOCK', 'e', 'MOCK', 'FAILED', 'T1', '', 0, 100, 'CNY', NOW(), NOW(), "
        + "'SETTLED', 'FAILED', NOW(), NULL, 1)", isRemoved: true),
    Case("pending", "UPDATE coin_orders SET status = 'PENDING'"),
    Case("paid", "UPDATE coin_orders SET status = 'PAID', paid_at = created_at"),
    Case("refunded", "UPDATE coin_orders SET status = 'REFUNDED', paid_at = created_at"),
    Case("over only of late", "UPDATE coin_orders SET expires_at = '2027-01-01'"),
    Case("changed of late", "UPDATE coin_orders SET updated_at = '2027-01-01'"),
    Case("with an open payment", "UPDATE payments SET status = 'PENDING'"),
    Case("with a payment that was never answered", "UPDATE payments SET status = 'STARTING'"),
    Case("with suspicious money", "UPDATE payments SET status = 'SUSPICIOUS'"),
    Case(
      "with money twice", "UPDATE payments SET status = 'DUPLICATE', succeeded_at = created_at"),
    Case(
      "with coins",
      "INSERT INTO ledger_entries (wallet_id, sequence, kind, reference, debit_account, "
        + "credit_account, coins, balance_after, order_id, created_at, previous_hash, hash) VALUES "
        + "(1, 1, 'PURCHASE', 'x', 'sales', 'wallet:1', 1, 1, 1, NOW(), REPEAT('a', 32), "
        + "REPEAT('a', 32))"),
    Case(
      "with a refund",
      "INSERT INTO refunds (payment_id, out_request_no, amount, currency, status, reason, actor, "
        + "created_at, updated_at) VALUES (1, 'R', 1, 'CNY', 'FAILED', '', '', NOW(), NOW())"),
    Case(
      "with a dispute",
      "INSERT INTO disputes (payment_id, dispute_id, status, amount, currency, reason, created_at, "
        + "updated_at) VALUES (1, 'D', 'WON', 1, 'CNY', '', NOW(), NOW())"),
    Case(
      "with news of money",
      "\(event) VALUES ('MOCK', 'e', 'MOCK', 'SUCCEEDED', 'T1', '', 0, 100, 'CNY', NOW(), NOW(), "
        + "'SETTLED', 'x', NOW(), NULL, 1)"),
    Case(
      "with news that was given up",
      "\(event) VALUES ('MOCK', 'e', 'MOCK', 'SUCCEEDED', 'T1', '', 0, 100, 'CNY', NOW(), NOW(), "
        + "'PARKED', NULL, NULL, NULL, NULL)"),
    Case(
      "with something that the purge does not know",
      "CREATE TABLE stranger (order_id BIGINT, FOREIGN KEY (order_id) REFERENCES coin_orders (id)) "
        + "SELECT 1 AS order_id"),
  ]

  private static func connection(orders: Int) throws -> Connection {
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    try connection.executeMigrationText(
      "INSERT INTO users (username, created_at, updated_at) VALUES ('u', NOW(), NOW())")
    try connection.executeMigrationText(
      """
      INSERT INTO wallets (user_id, head_hash, updated_at) VALUES (1, UNHEX(REPEAT('00', 32)), NOW())
      """)
    try connection.executeMigrationText(
      """
      INSERT INTO coin_packages (name_zh, name_en, coins, created_at, updated_at)
      VALUES ('a', 'a', 100, NOW(), NOW())
      """)
    let over = now.adding(seconds: -100 * 86_400)
    for number in 1...orders {
      let orderNumber = "COIN_20260901_\(10_000_000 + number)"
      _ = try connection.execute(
        """
        INSERT INTO coin_orders (order_no, user_id, package_id, coins, bonus_coins, amount,
          currency, payment_method, status, created_at, expires_at, updated_at)
        VALUES (\(orderNumber), 1, 1, 100, 0, 100, 'CNY', 'MOCK', 'EXPIRED', \(over), \(over),
          \(over))
        """)
      _ = try connection.execute(
        """
        INSERT INTO payments (order_id, attempt, provider, merchant_account, live_mode,
          out_trade_no, amount, currency, status, created_at, updated_at)
        VALUES (\(number), 1, 'MOCK', '', 0, \("T\(number)"), 100, 'CNY', 'CLOSED', \(over), \(over))
        """)
      _ = try connection.execute(
        """
        INSERT INTO order_transitions (order_id, payment_id, to_status, actor, cause, created_at)
        VALUES (\(number), NULL, 'EXPIRED', 'a', 'b', \(over)),
          (\(number), \(number), 'CLOSED', 'a', 'b', \(over))
        """)
    }
    return connection
  }

  private static func purge(
    _ connection: inout Connection, isDryRun: Bool = false
  ) throws -> OrderPurge.Counts {
    var purge = OrderPurge(before: cutoff, actor: "cli:test", isDryRun: isDryRun)
    while try purge.next(on: &connection, at: now) {}
    return purge.counts
  }

  private static func rows(_ table: SQL, _ connection: inout Connection) throws -> Int64? {
    try connection.first("SELECT COUNT(*) FROM \(table)", as: Int64.self)
  }

  @Test(arguments: cases)
  func `only what never had money goes`(_ example: Case) throws {
    // The second order goes in any case: one that stays holds up no other.
    var connection = try Self.connection(orders: 2)
    try connection.executeMigrationText("\(example.change)\(Self.onlyFirst(example.change))")
    let planned = try Self.purge(&connection, isDryRun: true)
    #expect(try Self.rows("coin_orders", &connection) == 2)
    let counts = try Self.purge(&connection)
    let first = try connection.first(
      "SELECT COUNT(*) FROM coin_orders WHERE id = 1", as: Int64.self)
    #expect(first == (example.isRemoved ? 0 : 1))
    #expect(try Self.rows("coin_orders", &connection) == (example.isRemoved ? 0 : 1))
    let left: Int64 = example.isRemoved ? 0 : 1
    #expect(try Self.rows("payments", &connection) == left)
    #expect(try Self.rows("order_transitions", &connection) == left * 2)
    #expect(counts.orders == (example.isRemoved ? 2 : 1))
    if !example.name.contains("does not know") { #expect(planned == counts) }
    let recorded = try connection.all(
      "SELECT details FROM operator_actions WHERE action = 'PURGE_ORDERS'", as: String.self)
    #expect(recorded.allSatisfy { $0 == "1 orders, 1 payments" } || recorded.count == 1)
    #expect(!recorded.isEmpty)
    for invariant in Invariant.all where invariant.name.hasPrefix("action") {
      #expect(try invariant.check(&connection).isEmpty)
    }
  }

  private static func onlyFirst(_ change: String) -> String {
    change.hasPrefix("UPDATE") ? " WHERE id = 1" : ""
  }

  @Test func `a purge goes batch by batch and can be broken off between them`() throws {
    let count = OrderPurge.batchOrdersMax * 2 + 5
    var connection = try Self.connection(orders: count)
    var purge = OrderPurge(before: Self.cutoff, actor: "cli:test", isDryRun: false)
    #expect(try purge.next(on: &connection, at: Self.now))
    #expect(purge.counts.orders == OrderPurge.batchOrdersMax)
    // Broken off here; another run goes on.
    let rest = try Self.purge(&connection)
    #expect(rest.orders == count - OrderPurge.batchOrdersMax)
    #expect(try Self.rows("coin_orders", &connection) == 0)
    #expect(try Self.rows("operator_actions", &connection) == 3)
  }
}
