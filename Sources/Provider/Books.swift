public import Vocabulary

/// A day as a provider's books count it, in the provider's own time zone.
public struct BookDay: Hashable, Sendable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// Reads `2026-01-02`; nil when there is no such day.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isPlain = text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
    guard isPlain, parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2]), (2000...9999).contains(year),
      (1...12).contains(month), day >= 1
    else { return nil }
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    let length =
      CalendarTime.daysSinceEpoch(year: next.0, month: next.1, day: 1)
      - CalendarTime.daysSinceEpoch(year: year, month: month, day: 1)
    guard day <= length else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day whatever the zone.
  var date: CalendarDate {
    CalendarDate(
      daysSinceEpoch: CalendarTime.daysSinceEpoch(year: year, month: month, day: day))
  }

  /// `2026-01-02`
  public var description: String { date.description }

  /// `20260102`
  public var compact: String { description.filter { $0 != "-" } }
}

/// One line of a provider's books.
public struct BookLine: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case payment = "PAYMENT"
    case refund = "REFUND"
    /// Money withdrawn or given back by a dispute.
    case dispute = "DISPUTE"
  }

  public enum Status: String, CaseIterable, Sendable {
    case succeeded = "SUCCEEDED"
    case pending = "PENDING"
    case failed = "FAILED"
  }

  public let kind: Kind
  public let status: Status
  /// Our number of the payment, when the books name it.
  public let outTradeNo: String?
  public let providerTransactionID: String?
  /// Whether that number is kept as the provider wrote it. Nothing is settled by one that is not.
  public let hasWholeTransactionID: Bool
  /// Our number of the refund, when the books name it.
  public let outRequestNo: String?
  /// The provider's number of the refund or dispute.
  public let providerRefundID: String?
  /// Always positive, whichever way the money went.
  public let amount: ReportedAmount
  public let occurredAt: Timestamp

  public init(
    kind: Kind, status: Status, outTradeNo: String?, providerTransactionID: String?,
    outRequestNo: String? = nil, providerRefundID: String? = nil, amount: ReportedAmount,
    occurredAt: Timestamp
  ) {
    self.kind = kind
    self.status = status
    self.outTradeNo = BookLine.kept(outTradeNo, ProviderEvent.outTradeNoCharactersMax)
    self.providerTransactionID = BookLine.kept(
      providerTransactionID, ProviderEvent.transactionIDCharactersMax)
    hasWholeTransactionID = self.providerTransactionID == providerTransactionID
    self.outRequestNo = BookLine.kept(outRequestNo, ProviderEvent.outTradeNoCharactersMax)
    self.providerRefundID = BookLine.kept(
      providerRefundID, ProviderEvent.transactionIDCharactersMax)
    self.amount = amount
    self.occurredAt = occurredAt
  }

  /// A difference has to be stored, whatever numbers other software has given its payments.
  private static func kept(_ number: String?, _ bytesMax: Int) -> String? {
    number.map { $0.isEmpty ? $0 : KeptText($0, bytesMax: bytesMax).text }
  }

  /// Whether one of its numbers may be of ours. Other software on the same account has others.
  public var bearsNumberOfOurs: Bool {
    [outTradeNo, outRequestNo].contains { $0.map(OrderNumber.begins) ?? false }
  }

  /// Lines handed over at once.
  public static let batchLinesMax = 1_000
}

/// The receiver of the lines wants no more.
public struct BooksStopped: Error {
  public init() {}
}

public enum BooksOutcome: Hashable, Sendable {
  /// Every line of the day was handed over, but those that could not be read.
  case complete(lines: Int, unreadable: UnreadableLines = UnreadableLines())
  /// The provider has not made the books of this day yet.
  case notReady
  /// Nothing happened on this day.
  case empty
  /// The books could not be read to their end; what was handed over is not all.
  case unknown(Cause)
}
