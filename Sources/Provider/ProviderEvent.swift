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
    let isPlain = currencyCode.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    self.currencyCode =
      isPlain
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

  /// Longest event key, in characters.
  public static let eventKeyCharactersMax = 191
  public static let outTradeNoCharactersMax = 64
  public static let transactionIDCharactersMax = 128
  static let currencyLimit = TextLimit(8, .scalars)

  /// Nil when a number or key is longer than the inbox can keep or is not printable ASCII: such an
  /// event was not made by a provider that knows our payments.
  public init?(
    provider: PaymentMethod, eventKey: String, source: Source, kind: Kind, outTradeNo: String?,
    providerTransactionID: String?, account: ProviderAccount, occurredAt: Timestamp
  ) {
    guard ProviderEvent.isPrintable(eventKey, max: ProviderEvent.eventKeyCharactersMax),
      outTradeNo.map({ Self.isPrintable($0, max: Self.outTradeNoCharactersMax) }) ?? true,
      providerTransactionID.map({ Self.isPrintable($0, max: Self.transactionIDCharactersMax) })
        ?? true,
      outTradeNo != nil || providerTransactionID != nil
    else { return nil }
    self.provider = provider
    self.eventKey = eventKey
    self.source = source
    self.kind = kind
    self.outTradeNo = outTradeNo
    self.providerTransactionID = providerTransactionID
    self.account = account
    self.occurredAt = occurredAt
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

  static func isPrintable(_ text: String, max: Int) -> Bool {
    (1...max).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
