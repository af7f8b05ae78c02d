import Accounts
import Database
import HTTP
import HTTPTypes
import Pages
import PersonalData
import Vocabulary

/// A user's own personal data: the e-mail address, and all that is stored.
enum PersonalRoutes {
  private struct EmailBody: Codable {
    let email: String?
  }

  private struct ExportPage: Encodable {
    let account: PersonalRecords.Account
    let orders: [PersonalRecords.Order]
    let ledger: [PersonalRecords.Entry]
    /// The address of the next part; null in the last.
    let next: String?

    enum CodingKeys: CodingKey {
      case account, orders, ledger, next
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(account, forKey: .account)
      try container.encode(orders, forKey: .orders)
      try container.encode(ledger, forKey: .ledger)
      try container.encode(next, forKey: .next)
    }
  }

  /// - Throws: INVALID_PARAMETERS when it is no address.
  static func address(_ text: String) throws(RouteError) -> EmailAddress {
    guard let address = EmailAddress(text) else { throw RouteError(.invalidParameters) }
    return address
  }

  /// `PUT /api/auth/email`
  static func setEmail(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireFreshUser(&connection)
    guard let text = try call.decode(EmailBody.self).email else {
      throw RouteError(.invalidParameters)
    }
    return try store(try address(text), of: user, call, &connection)
  }

  /// `DELETE /api/auth/email`
  static func removeEmail(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireFreshUser(&connection)
    return try store(nil, of: user, call, &connection)
  }

  private static func store(
    _ address: EmailAddress?, of user: User, _ call: Call, _ connection: inout Connection
  ) throws -> Response {
    try call.site.emails.set(address, of: user.id, in: &connection, at: call.site.clock.now())
    return .success(EmailBody(email: address?.text))
  }

  /// `GET /api/auth/export`: one part of bounded size; `next` leads to the others.
  static func export(_ call: Call, _ connection: inout Connection) throws -> Response {
    let user = try call.requireUser(&connection)
    let export = PersonalExport(
      of: user, emails: call.site.emails, zone: call.site.zone, now: call.site.clock.now())
    let (afterOrder, afterEntry) = (
      try number(call, "after_order"), try number(call, "after_entry")
    )
    let orders = try export.orders(after: OrderID(afterOrder), in: &connection)
    let entries = try export.entries(after: afterEntry, in: &connection)
    let hasMore =
      orders.count == PersonalExport.ordersMax || entries.count == PersonalExport.entriesMax
    let next =
      "/api/auth/export?after_order=\(orders.last?.id.value ?? afterOrder)"
      + "&after_entry=\(entries.last?.id ?? afterEntry)"
    return .success(
      ExportPage(
        account: try export.account(in: &connection), orders: orders.map(\.order),
        ledger: entries, next: hasMore ? next : nil))
  }

  private static func number(_ call: Call, _ name: String) throws(RouteError) -> Int64 {
    guard let text = call.request.query[name] else { return 0 }
    guard let number = OutsideNumber(text)?.within(0...OutsideNumber.range.upperBound) else {
      throw RouteError(.invalidParameters)
    }
    return number
  }
}
