import Database
import HTTPTypes
import Testing
import Vocabulary

@testable import Service

/// What operators' deeds are done to. Whoever made it is signed out again: the administrator acts.
enum MadeThings {
  private static func asDemo<R>(_ site: SiteTester, _ body: () throws -> R) throws -> R {
    try site.signIn("demo", password: "demo-password")
    defer { try? site.signIn("admin", password: "admin-password") }
    return try body()
  }

  /// - Returns: its number.
  static func openOrder(_ site: SiteTester) throws -> String {
    try asDemo(site) {
      let body = #"{"package_id":1,"payment_method":"MOCK"}"#
      let answer = site.send(.post, "/api/coin/order", json: body)
      return try #require(answer.member("order_no"), "\(answer.text)")
    }
  }

  static func paidOrder(_ site: SiteTester) throws -> String {
    let number = try openOrder(site)
    return try asDemo(site) {
      let answer = site.send(.post, "/api/payment/mock/success/\(number)", json: "{}")
      try #require(answer.status == 200, "\(answer.text)")
      return number
    }
  }

  /// - Returns: the order's number and the refund's.
  static func openRefund(_ site: SiteTester) throws -> String {
    let number = try paidOrder(site)
    let answer = site.send(
      .post, "/api/admin/orders/\(number)/refund",
      json: #"{"amount":"1.00","reason":"x","rule":"leave","key":"made-\#(number)"}"#)
    return "\(number) \(try #require(answer.member("refund_no"), "\(answer.text)"))"
  }

  /// An operator's word that an order was paid, which another one has to agree to.
  /// - Returns: the order's number and the word's.
  static func waitingWord(_ site: SiteTester) throws -> String {
    let name = try user(site)
    let made = try site.command("user role \(name) operator")
    try #require(made.status == 0, "\(made.text)")
    let number = try openOrder(site)
    try site.signIn(name, password: "a long way home")
    defer { try? site.signIn("admin", password: "admin-password") }
    let answer = site.send(
      .post, "/api/admin/orders/\(number)/confirm",
      json: #"{"out_trade_no":"\#(number)","reason":"x","key":"made-\#(number)"}"#)
    try #require(answer.text.contains("WAITING"), "\(answer.text)")
    let word = try site.connection.first("SELECT MAX(id) FROM confirmations", as: Int64.self)
    return "\(number) \(word ?? 0)"
  }

  /// A name that nobody has.
  static func newName(_ site: SiteTester) throws -> String {
    let count = try site.connection.first("SELECT COUNT(*) FROM users", as: Int64.self)
    return "user\(count ?? 0)"
  }

  /// - Returns: the name of a new user, whose password is long enough for staff.
  static func user(_ site: SiteTester) throws -> String {
    let name = try newName(site)
    let made = try site.command("user create \(name)", input: "a long way home")
    try #require(made.status == 0, "\(made.text)")
    return name
  }

  /// - Parameter command: what is done to the new user, by name.
  private static func user(
    _ site: SiteTester, then command: (String) -> String
  ) throws -> String {
    let name = try user(site)
    let made = try site.command(command(name))
    try #require(made.status == 0, "\(made.text)")
    return name
  }

  static func richUser(_ site: SiteTester) throws -> String {
    try user(site) { "coins grant \($0) 50 --reason x" }
  }

  /// - Returns: the name of a user whose balance may go below zero.
  static func trustedUser(_ site: SiteTester) throws -> String {
    try user(site) { "coins allow-negative \($0) on --reason x" }
  }

  /// - Returns: the name of a user with a second factor.
  static func userWithFactor(_ site: SiteTester) throws -> String {
    let name = try user(site)
    _ = try site.connection.execute(
      """
      INSERT INTO second_factors (user_id, secret, created_at)
      SELECT id, 'secret', created_at FROM users WHERE username = \(name)
      """)
    return name
  }

  static func viewer(_ site: SiteTester) throws -> String {
    try user(site) { "user role \($0) viewer" }
  }

  /// - Returns: the number of an event that was given up.
  static func parkedEvent(_ site: SiteTester) throws -> String {
    let moment = SystemTime.now()
    let result = try site.connection.execute(
      """
      INSERT INTO payment_events (provider, event_key, source, kind, merchant_account, live_mode,
        occurred_at, received_at, state, attempts)
      SELECT 'MOCK', CONCAT('made:', COUNT(*)), 'NOTIFICATION', 'FAILED', 'mock', FALSE, \(moment),
        \(moment), 'PARKED', 12 FROM payment_events
      """)
    return String(result.lastInsertID)
  }

  static func suspense(_ site: SiteTester) throws -> String {
    let event = try parkedEvent(site)
    let result = try site.connection.execute(
      """
      INSERT INTO suspense_entries (event_id, reason, amount, currency, created_at)
      VALUES (\(Int64(event) ?? 0), 'NO_ORDER', 100, 'CNY', \(SystemTime.now()))
      """)
    return String(result.lastInsertID)
  }

  static func difference(_ site: SiteTester) throws -> String {
    let moment = SystemTime.now()
    _ = try site.connection.execute(
      """
      INSERT IGNORE INTO reconciliation_runs (provider, book_day, state, started_at, ended_at,
        completed_at) VALUES ('ALIPAY', '2026-01-02', 'COMPLETE', \(moment), \(moment), \(moment))
      """)
    let result = try site.connection.execute(
      """
      INSERT INTO reconciliation_items (run_id, provider, kind, subject, item_key, occurred_at,
        created_at)
      SELECT (SELECT MIN(id) FROM reconciliation_runs), 'ALIPAY', 'MISSING_HERE', 'PAYMENT',
        UNHEX(SHA2(COUNT(*), 256)), \(moment), \(moment) FROM reconciliation_items
      """)
    return String(result.lastInsertID)
  }

  /// - Returns: the number of a package on sale.
  static func package(_ site: SiteTester) throws -> String {
    let made = try site.command("package create 9 --zh A --en A --price CNY:0.90 --reason x")
    try #require(made.status == 0, "\(made.text)")
    return String(made.text.drop { !$0.isNumber }.prefix { $0.isNumber })
  }

  /// A grant that the administrator asked for and another one has to agree to.
  /// - Returns: the request's number.
  static func waitingGrant(_ site: SiteTester) throws -> String {
    let answer = site.send(
      .post, "/api/admin/users/demo/grant",
      json: #"{"coins":200000,"reason":"x","key":"made-\#(UInt64.random(in: 0 ... .max))"}"#)
    try #require(answer.text.contains("WAITING"), "\(answer.text)")
    return try newestRequest(site)
  }

  /// The same, asked for by command.
  static func waitingGrantOfCommand(_ site: SiteTester) throws -> String {
    let asked = try site.command("coins grant demo 200000 --reason x")
    let before = try newestRequest(site)
    try #require(before != "0", "\(asked.text)")
    return before
  }

  private static func newestRequest(_ site: SiteTester) throws -> String {
    let number = try site.connection.first(
      "SELECT COALESCE(MAX(id), 0) FROM operator_requests", as: Int64.self)
    return "\(number ?? 0)"
  }
}
