import Database
import Vocabulary

/// A payment or refund of ours that some day's books know: `reconciliation_matches`.
enum BookMark: Hashable {
  case payment(PaymentID)
  case refund(RefundID)

  /// As stored.
  static let paymentLetter = "P"
  static let refundLetter = "R"

  private var letter: String {
    switch self {
    case .payment: BookMark.paymentLetter
    case .refund: BookMark.refundLetter
    }
  }

  private var number: Int64 {
    switch self {
    case .payment(let id): id.value
    case .refund(let id): id.value
    }
  }

  /// Writes marks; one that is there stays as it is.
  static func insert(
    _ marks: [BookMark], run: Int64, in transaction: inout Transaction
  ) throws(DatabaseError) {
    guard !marks.isEmpty else { return }
    try transaction.executeBulk(
      "INSERT IGNORE INTO reconciliation_matches (subject, subject_id, run_id) VALUES (?, ?, ?)",
      rows: marks.map { [$0.letter, $0.number, run] }, expecting: .any)
  }
}
