import Database
import Orders
import Provider
import Seals
import Vocabulary

/// A payment before it is in the database.
struct NewPayment {
  let order: CoinOrder
  let attempt: Int64
  let provider: any PaymentProvider
  let amount: Money

  var outTradeNo: String { Payment.outTradeNo(order.number, attempt: attempt) }

  /// Over what never changes of a payment. `SealedRows.payments` reads the same in SQL; both change
  /// together or not at all.
  private func terms(_ key: SealKey) -> [UInt8] {
    let account = provider.account
    return key.code(
      .payments,
      [
        String(order.id.value), String(attempt), provider.method.rawValue, account.merchant,
        account.isLive ? "1" : "0", outTradeNo, String(amount.minorUnits), amount.currency.code,
      ])
  }

  /// Inserts the payment: PENDING when it began without a call to the provider, else STARTING.
  /// Its transition is the caller's to write.
  func insert(
    started: StartedPayment?, presentation: [UInt8]?, startRequest: [UInt8]?,
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) -> Payment {
    let status: PaymentStatus = started == nil ? .starting : .pending
    let account = provider.account
    let transactionID = started?.providerTransactionID
    let presentationEnd = started?.usableSeconds.map { moment.adding(seconds: $0) }
    let firstQuery = moment.adding(seconds: QuerySchedule.firstSeconds)
    let seal = try SealKey.ensure(in: &transaction, at: moment).map { terms($0) }
    let result = try transaction.execute(
      """
      INSERT INTO payments (order_id, attempt, provider, merchant_account, application, live_mode,
        out_trade_no,
        provider_txn_id, amount, currency, status, presentation, start_request,
        presentation_expires_at,
        next_query_at, created_at, updated_at, seal)
      VALUES (\(order.id), \(attempt), \(provider.method), \(account.merchant), \(account.application),
        \(account.isLive), \(outTradeNo), \(transactionID), \(amount.minorUnits), \(amount.currency), \(status),
        \(presentation), \(startRequest), \(presentationEnd), \(firstQuery), \(moment), \(moment),
        \(seal))
      """)
    return Payment(
      id: PaymentID(result.lastInsertID), orderID: order.id, attempt: attempt,
      outTradeNo: outTradeNo,
      facts: PaymentFacts(
        provider: provider.method, account: account, amount: amount, status: status,
        providerTransactionID: transactionID),
      presentation: presentation, startRequest: startRequest,
      presentationExpiresAt: presentationEnd, createdAt: moment)
  }
}
