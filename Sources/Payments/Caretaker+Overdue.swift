import Controls
public import Database
import LogLines
import Logging
import Orders
import Provider
import Vocabulary

extension Caretaker {
  /// Names the accounts with open work that the settings do not name any more, one line each.
  public func alarmAboutLeftAccounts(on connection: inout Connection) throws(DatabaseError) {
    registry.learnAccounts()
    for account in try LeftAccount.load(except: registry, in: &connection) {
      logger.write(
        .critical,
        "payments of an account that is not configured are open; put its settings back",
        [
          .provider: "\(account.method)", .merchant: "\(account.name)",
          .payments: "\(account.payments)", .refunds: "\(account.refunds)",
          .since: "\(account.oldest)",
        ])
    }
  }

  /// Alarms about refunds and payments that have been open for too long, each once a day.
  public func alarmAboutOverdueWork(on connection: inout Connection) throws(DatabaseError) {
    let moment = clock.now()
    let work = try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<OverdueWork> in
      let work = try OverdueWork.take(in: &transaction, at: moment)
      return work.refunds.isEmpty && work.payments.isEmpty ? .rollback(work) : .commit(work)
    }
    for refund in work.refunds { alarm(refund) }
    for payment in work.payments { alarm(payment) }
  }

  private func alarm(_ refund: OverdueWork.OpenRefund) {
    var fields = describe(
      refund.outTradeNo, refund.provider, refund.account, since: refund.createdAt)
    fields[.outRequestNumber] = "\(refund.outRequestNo)"
    fields[.status] = "\(refund.status.rawValue)"
    if let cause = refund.cause { fields[.cause] = "\(cause)" }
    logger.write(
      .critical, "a refund has not come to its end; look at it at the provider", fields)
  }

  private func alarm(_ payment: OverdueWork.OpenPayment) {
    var fields = describe(
      payment.outTradeNo, payment.provider, payment.account, since: payment.createdAt)
    fields[.status] = "\(payment.status.rawValue)"
    logger.write(
      .critical,
      "a payment is still open long after its order's end; look at it at the provider", fields)
  }

  private func describe(
    _ outTradeNo: String, _ method: PaymentMethod, _ account: ProviderAccount, since: Timestamp
  ) -> LogFields {
    var fields: LogFields = [
      .provider: "\(method)", .outTradeNumber: "\(outTradeNo)", .since: "\(since)",
    ]
    fields[.orderNumber] = Payment.orderNumber(ofOutTradeNo: outTradeNo).map { "\($0)" }
    if let provider = registry[method] {
      if !provider.account.holds(account) { fields[.reason] = "another account is configured" }
    } else {
      fields[.reason] = "not configured"
    }
    return fields
  }
}
