import Crypto
import Vocabulary

/// A number or name of a provider as a column keeps it: printable ASCII of bounded length.
///
/// What is longer or of other characters is kept as far as it can be read, with a digest of the whole at its end: two
/// different ones stay different, and one that comes again is the same again.
public struct KeptText: Hashable, Sendable {
  public let text: String
  /// Whether it is what the provider wrote.
  public let isWhole: Bool

  /// Of a digest of 32; enough where nobody but a provider can choose what is digested.
  private static let digestBytes = 8
  private static let mark = "~"

  /// - Parameter bytesMax: what the column takes; more than a digest.
  public init(_ written: String, bytesMax: Int) {
    isWhole = written.isGraphicASCII(upTo: bytesMax)
    guard !isWhole else {
      text = written
      return
    }
    let digest = SHA256.digest(Array(written.utf8)).prefix(KeptText.digestBytes)
    let end = KeptText.mark + Hex.encode(Array(digest))
    let readable = written.unicodeScalars.prefix(bytesMax - end.utf8.count).map { scalar in
      (0x21...0x7E).contains(scalar.value) ? Character(scalar) : "?"
    }
    text = String(readable) + end
  }
}

/// Keeps the texts of one event and notes which of them are not whole.
struct TextKeeper {
  /// Names of columns.
  private(set) var altered: [String] = []

  mutating func keep(_ written: String, as column: String, bytesMax: Int) -> String {
    let kept = KeptText(written, bytesMax: bytesMax)
    if !kept.isWhole { altered.append(column) }
    return kept.text
  }

  /// A text that is empty says nothing.
  mutating func keepAny(_ written: String?, as column: String, bytesMax: Int) -> String? {
    written.flatMap { $0.isEmpty ? nil : $0 }.map { keep($0, as: column, bytesMax: bytesMax) }
  }

  mutating func keep(_ kind: ProviderEvent.Kind) -> ProviderEvent.Kind {
    switch kind {
    case .succeeded, .refunded, .failed, .attemptFailed, .closed, .pending: return kind
    case .refund(let news):
      return .refund(
        RefundNews(
          status: news.status,
          outRequestNo: keepAny(
            news.outRequestNo, as: "news_no", bytesMax: ProviderEvent.outTradeNoCharactersMax),
          providerRefundID: keepAny(
            news.providerRefundID, as: "news_id",
            bytesMax: ProviderEvent.transactionIDCharactersMax),
          amount: news.amount, cause: news.cause))
    case .dispute(let news):
      return .dispute(
        DisputeNews(
          status: news.status,
          disputeID: keep(
            news.disputeID, as: "news_id", bytesMax: ProviderEvent.transactionIDCharactersMax),
          amount: news.amount, respondBy: news.respondBy, reason: news.reason))
    case .changed(let object):
      let id = keep(object.id, as: "news_id", bytesMax: ProviderEvent.transactionIDCharactersMax)
      return ChangedObject(type: object.type, id: id).map { .changed($0) } ?? kind
    }
  }
}
