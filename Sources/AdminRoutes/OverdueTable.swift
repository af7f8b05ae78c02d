import AdminPages
import Database
import Orders
import Pages
import Payments
import Routes
import Vocabulary

/// Refunds and payments that do not come to their end, for the page of what waits for an operator.
enum OverdueTable {
  static func section(
    _ admin: AdminCall, _ connection: inout Connection
  ) throws(DatabaseError) -> ConsoleSection {
    let work = try OverdueWork.load(at: admin.site.clock.now(), in: &connection)
    let refunds = work.refunds.map { refund in
      row(
        refund.outRequestNo, refund.outTradeNo, refund.provider, refund.cause,
        Badge(
          refund.status.name(admin.language), kind: refund.status.rawValue),
        refund.createdAt, admin)
    }
    let payments = work.payments.map { payment in
      row(
        nil, payment.outTradeNo, payment.provider, nil,
        Badge(
          payment.status.name(admin.language), kind: payment.status.rawValue),
        payment.createdAt, admin)
    }
    return ConsoleSection(
      admin.say(.overdue),
      [
        .table(
          ConsoleTable(
            [
              .init(admin.say(.refundNumber)), .init(admin.say(.merchantNumber)),
              .init(admin.say(.consoleMethod)), .init(admin.say(.state)), .init(admin.say(.cause)),
              .init(admin.say(.time)),
            ], refunds + payments, empty: admin.say(.nothingOverdue)))
      ])
  }

  private static func row(
    _ refundNumber: String?, _ outTradeNo: String, _ method: PaymentMethod, _ cause: String?,
    _ status: Badge, _ since: Timestamp, _ admin: AdminCall
  ) -> [ConsoleCell] {
    [
      .optionalCode(refundNumber), .code(outTradeNo),
      .text(admin.name(of: method)), .badge(status), .optional(cause),
      .moment(admin.moment(since)),
    ]
  }
}
