import Crypto
public import Vocabulary

/// An amount as a provider reported it, which may be anything.
public struct ReportedAmount: Hashable, Sendable {
  /// Within `OutsideNumber.range`, so that sums and differences of amounts cannot overflow. What was reported beyond it
  /// becomes its nearer end, which no payment of ours comes near.
  public let minorUnits: Int64
  /// Upper case and printable ASCII; cut to `ProviderEvent.currencyLimit`.
  public let currencyCode: String

  public init(minorUnits: Int64, currencyCode: String) {
    let range = OutsideNumber.range
    self.minorUnits = min(max(minorUnits, range.lowerBound), range.upperBound)
    self.currencyCode =
      currencyCode.isGraphicASCII
      ? ProviderEvent.currencyLimit.cut(currencyCode.uppercased())
      : ReportedAmount.unreadableCurrency
  }

  /// Stands for a currency that is not printable ASCII, which no payment of ours has.
  private static let unreadableCurrency = "?"

  public init(_ money: Money) {
    self.init(minorUnits: money.minorUnits, currencyCode: money.currency.code)
  }

  /// For people: `1.50 USD`. Of a code that is no currency nobody knows the decimals.
  public var text: String {
    guard let currency = Currency(currencyCode) else {
      return "\(minorUnits) \(currencyCode) (minor units)"
    }
    return "\(currency.decimal(minorUnits: minorUnits)) \(currency)"
  }
}

/// Something that a provider said about one payment, translated and no longer in the provider's
/// words. It becomes a row of the inbox (`payment_events`).
public struct ProviderEvent: Hashable, Sendable {
  /// How we came to know.
  public enum Source: String, CaseIterable, Sendable {
    case notification = "NOTIFICATION"
    case query = "QUERY"
    case reconciliation = "RECONCILIATION"
    case mock = "MOCK"
    case `operator` = "OPERATOR"
  }

  public enum Kind: Hashable, Sendable {
    case succeeded(ReportedAmount)
    /// Paid, and given back in whole or in part by refunds that the provider does not list.
    case refunded(ReportedAmount)
    /// The payment failed for good.
    case failed(Cause)
    /// One attempt failed; the same payment can still succeed.
    case attemptFailed(Cause)
    case closed(Cause)
    case pending
    case refund(RefundNews)
    case dispute(DisputeNews)
    /// Something changed, and the provider has to be asked what it is now.
    case changed(ChangedObject)
  }

  public let provider: PaymentMethod
  /// Names the event at the provider: the same key means the same event.
  public let eventKey: String
  public let source: Source
  public let kind: Kind
  /// Our number of the payment as the provider returned it.
  public let outTradeNo: String?
  public let providerTransactionID: String?
  public let account: ProviderAccount
  public let occurredAt: Timestamp
  /// Columns of the inbox that could not keep what the provider wrote: they hold as much of it as can be read. Such an
  /// event is stored and told, and nothing is settled by it.
  public let alteredColumns: [String]

  /// Longest event key, in characters.
  public static let eventKeyCharactersMax = 191
  public static let outTradeNoCharactersMax = 64
  public static let transactionIDCharactersMax = 128
  static let merchantCharactersMax = 64
  static let currencyLimit = TextLimit(8, .scalars)

  /// Makes an event that the inbox can keep whatever the provider wrote. Nil when it names no payment.
  public init?(
    provider: PaymentMethod, eventKey: String, source: Source, kind: Kind, outTradeNo: String?,
    providerTransactionID: String?, account: ProviderAccount, occurredAt: Timestamp
  ) {
    var keeper = TextKeeper()
    let ours = keeper.keepAny(
      outTradeNo, as: "out_trade_no", bytesMax: Self.outTradeNoCharactersMax)
    let theirs = keeper.keepAny(
      providerTransactionID, as: "provider_txn_id", bytesMax: Self.transactionIDCharactersMax)
    // A number that is there and empty is a fault, not the lack of one.
    let isNamed = outTradeNo?.isEmpty != true && providerTransactionID?.isEmpty != true
    guard isNamed, ours != nil || theirs != nil else { return nil }
    self.provider = provider
    self.eventKey = keeper.keep(eventKey, as: "event_key", bytesMax: Self.eventKeyCharactersMax)
    self.source = source
    self.kind = keeper.keep(kind)
    self.outTradeNo = ours
    self.providerTransactionID = theirs
    self.account = ProviderAccount(
      merchant: keeper.keepAny(
        account.merchant, as: "merchant_account", bytesMax: Self.merchantCharactersMax) ?? "",
      isLive: account.isLive)
    self.occurredAt = occurredAt
    alteredColumns = keeper.altered
  }

  /// What is left when the database refuses the row of an event: that something came, and from whom.
  init(leftOf event: ProviderEvent, at moment: Timestamp) {
    provider = event.provider
    eventKey = "refused:\(Hex.encode(SHA256.digest(Array(event.eventKey.utf8))))"
    source = event.source
    kind = .pending
    outTradeNo = nil
    providerTransactionID = "refused"
    account = ProviderAccount(merchant: "", isLive: event.account.isLive)
    occurredAt = moment
    alteredColumns = ["all"]
  }

  /// The same event as far as the database takes it in any case, to be looked at by somebody.
  public func leftover(at moment: Timestamp) -> ProviderEvent {
    ProviderEvent(leftOf: self, at: moment)
  }

  /// Whether one of its numbers may be of ours. Other software on the same account has others.
  public var bearsNumberOfOurs: Bool {
    var numbers = [outTradeNo]
    if case .refund(let news) = kind { numbers.append(news.outRequestNo) }
    return numbers.contains { $0.map(OrderNumber.begins) ?? false }
  }

  /// The same event with another meaning.
  public func saying(_ kind: Kind) -> ProviderEvent? {
    ProviderEvent(
      provider: provider, eventKey: eventKey, source: source, kind: kind, outTradeNo: outTradeNo,
      providerTransactionID: providerTransactionID, account: account, occurredAt: occurredAt)
  }

  /// The same event by another name.
  public func named(_ eventKey: String) -> ProviderEvent? {
    ProviderEvent(
      provider: provider, eventKey: eventKey, source: source, kind: kind, outTradeNo: outTradeNo,
      providerTransactionID: providerTransactionID, account: account, occurredAt: occurredAt)
  }

  /// Names news of a refund by its number. Ours are unique; whoever gives money back in a provider's
  /// console may choose one that a refund of another payment has.
  public static func refundKey(
    _ outRequestNo: String, of outTradeNo: String, _ state: String
  ) -> String {
    let number =
      outRequestNo.hasPrefix(outTradeNo) ? outRequestNo : "\(outTradeNo):\(outRequestNo)"
    return "refund:\(number):\(state)"
  }

  /// Whether a text can be our number of a payment or refund.
  public static func canName(payment number: String) -> Bool {
    number.isGraphicASCII(upTo: outTradeNoCharactersMax)
  }
}
