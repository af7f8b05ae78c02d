import Logging
import Provider
import Vocabulary

/// What a run says in the log. Lines at `critical` need an operator.
struct ReconciliationLog: Sendable {
  let logger: Logger

  /// Differences of one run that get a line of their own.
  static let alarmLinesMax = 50

  func alarm(_ item: ReconciliationItem) {
    var metadata: Logger.Metadata = [
      "provider": "\(item.provider)", "difference": "\(item.id)", "kind": "\(item.kind.rawValue)",
      "subject": "\(item.subject.rawValue)",
    ]
    if let number = item.outTradeNo { metadata["out_trade_no"] = "\(number)" }
    if let number = item.providerTransactionID { metadata["provider_txn_id"] = "\(number)" }
    if let number = item.outRequestNo { metadata["out_request_no"] = "\(number)" }
    logger.critical(
      "the provider's books and ours differ; find out why and resolve it", metadata: metadata)
  }

  func manyAlarms(_ provider: PaymentMethod, _ run: Int64, _ count: Int) {
    logger.critical(
      "the provider's books and ours differ in many places; see: coinpay reconcile show",
      metadata: ["provider": "\(provider)", "run": "\(run)", "differences": "\(count)"])
  }

  func failed(_ provider: PaymentMethod, _ day: BookDay, _ cause: Cause) {
    logger.error(
      "a provider's books could not be read to their end; run coinpay reconcile again",
      metadata: ["provider": "\(provider)", "day": "\(day)", "cause": "\(cause)"])
  }

  func complete(_ run: ReconciliationRun) {
    var metadata: Logger.Metadata = [
      "provider": "\(run.provider)", "day": "\(run.day)", "run": "\(run.id)",
      "lines": "\(run.lines)", "matched": "\(run.matched)", "open": "\(run.open)",
    ]
    for (kind, count) in run.differences {
      metadata["\(kind.rawValue.lowercased())"] = "\(count)"
    }
    logger.info("a day was reconciled", metadata: metadata)
  }
}
