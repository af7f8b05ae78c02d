import Provider

/// How the books of a day move the money of each dispute, and of none twice.
struct DisputeMoves {
  /// What a line names: the dispute, or at least the payment.
  private enum Name: Hashable {
    case dispute(String)
    case payment(String?, outTradeNo: String?)
  }

  private let lines: [Name: [BookLine]]

  init(_ lines: [BookLine]) { self.lines = Dictionary(grouping: lines, by: Self.name) }

  private static func name(of line: BookLine) -> Name {
    if let number = line.providerRefundID { return .dispute(number) }
    return .payment(line.providerTransactionID, outTradeNo: line.outTradeNo)
  }

  /// Whether a later line moves the money of the same dispute again. Of two in one second each follows
  /// the other.
  func follow(_ line: BookLine) -> Bool {
    let others = lines[Self.name(of: line)] ?? []
    return others.contains { other in
      other.occurredAt > line.occurredAt
        || (other.occurredAt == line.occurredAt && other.status != line.status)
    }
  }
}
