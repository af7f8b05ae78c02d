public import Database
public import Provider
public import Vocabulary

/// What a provider's books are compared with: the facts of a payment without what nobody compares.
public struct RecordedPayment: Hashable, Sendable {
  public let id: PaymentID
  public let account: ProviderAccount
  public let outTradeNo: String
  public let providerTransactionID: String?
  public let amount: Money
  public let status: PaymentStatus

  public init(
    id: PaymentID, account: ProviderAccount, outTradeNo: String, providerTransactionID: String?,
    amount: Money,
    status: PaymentStatus
  ) {
    self.id = id
    self.account = account
    self.outTradeNo = outTradeNo
    self.providerTransactionID = providerTransactionID
    self.amount = amount
    self.status = status
  }

  /// Whether its money is booked.
  public var isBooked: Bool { status == .succeeded || status == .duplicate }
}

/// Payments of one provider by their numbers.
public struct RecordedPayments: Sendable {
  private var byTransactionID: [String: RecordedPayment] = [:]
  private var byOutTradeNo: [String: RecordedPayment] = [:]

  /// The payment that numbers mean: ours says whose money it is, and the provider's counts where ours
  /// is not named or is none that we know.
  public func payment(
    providerTransactionID: String?, outTradeNo: String?
  ) -> RecordedPayment? {
    outTradeNo.flatMap { byOutTradeNo[$0] }
      ?? providerTransactionID.flatMap { byTransactionID[$0] }
  }

  /// Whether the provider's number belongs to a payment with another number of ours than the one named.
  public func contradict(providerTransactionID: String?, outTradeNo: String?) -> Bool {
    guard let outTradeNo, let owner = providerTransactionID.flatMap({ byTransactionID[$0] })
    else { return false }
    return owner.outTradeNo != outTradeNo
  }

  /// Looks payments up by either number.
  ///
  /// - Parameters: at most `SQL.listValuesMax` numbers of each kind.
  public static func find(
    _ provider: PaymentMethod, providerTransactionIDs: [String], outTradeNos: [String],
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> RecordedPayments {
    var found = RecordedPayments()
    if !providerTransactionIDs.isEmpty {
      for payment in try rows(
        "provider = \(provider) AND provider_txn_id IN \(list: providerTransactionIDs)",
        in: &executor)
      {
        guard let number = payment.providerTransactionID else { continue }
        found.byTransactionID[number] = payment
      }
    }
    if !outTradeNos.isEmpty {
      for payment in try rows(
        "provider = \(provider) AND out_trade_no IN \(list: outTradeNos)", in: &executor)
      {
        found.byOutTradeNo[payment.outTradeNo] = payment
      }
    }
    return found
  }

  private static func rows(
    _ condition: SQL, in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> [RecordedPayment] {
    let rows = try executor.all(
      """
      SELECT id, out_trade_no, provider_txn_id, amount, currency, status, merchant_account,
        application, live_mode
      FROM payments WHERE \(condition)
      """,
      as: (
        PaymentID, String, String?, Int64, Currency, PaymentStatus, String, String, Bool
      ).self)
    var payments: [RecordedPayment] = []
    for row in rows {
      guard let amount = Money(minorUnits: row.3, currency: row.4) else {
        throw DatabaseError.inconsistent("payment \(row.0) has an amount out of bounds")
      }
      payments.append(
        RecordedPayment(
          id: row.0,
          account: ProviderAccount(merchant: row.6, application: row.7, isLive: row.8),
          outTradeNo: row.1, providerTransactionID: row.2, amount: amount,
          status: row.5))
    }
    return payments
  }
}
