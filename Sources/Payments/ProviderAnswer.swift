public import Provider

/// What a provider said when it was asked about a payment.
public enum ProviderAnswer: Hashable, Sendable {
  /// It was settled like a notification.
  case event(ProviderEvent.Kind)
  /// The provider does not know the payment, which may still be paid.
  case notFound
  case unclear(Cause)

  public var isClear: Bool {
    if case .unclear = self { false } else { true }
  }

  /// Nothing is left to be closed.
  var isFinal: Bool {
    switch self {
    case .event(.succeeded), .event(.refunded), .event(.closed), .event(.failed): true
    default: false
    }
  }

  var isSuccess: Bool {
    switch self {
    case .event(.succeeded), .event(.refunded): true
    default: false
    }
  }

  /// As records keep it: `SUCCEEDED`, `NOT_FOUND`, `unavailable: …`.
  public var text: String {
    switch self {
    case .event(let kind):
      let columns = EventKindColumns(kind)
      return columns.cause.map { "\(columns.kind.rawValue): \($0)" } ?? columns.kind.rawValue
    case .notFound: return "NOT_FOUND"
    case .unclear(let cause): return "\(ProviderAnswer.unclearPrefix)\(cause)"
    }
  }

  /// What precedes the cause of an answer that says nothing.
  public static let unclearPrefix = "no clear answer, "
}
