import LogLines
import Logging
import Payments
import Provider
import Vocabulary

/// What a run says in the log. Lines at `critical` need an operator.
struct ReconciliationLog: Sendable {
  let logger: Logger

  /// Differences of one run that get a line of their own.
  static let alarmLinesMax = 50

  func alarm(_ item: ReconciliationItem) {
    var fields: LogFields = [
      .provider: "\(item.provider)", .difference: "\(item.id)", .kind: "\(item.kind.rawValue)",
      .subject: "\(item.subject.rawValue)",
    ]
    if let number = item.outTradeNo {
      fields[.outTradeNumber] = "\(number)"
      fields[.orderNumber] = Payment.orderNumber(ofOutTradeNo: number).map { "\($0)" }
    }
    if let number = item.providerTransactionID { fields[.providerTransactionID] = "\(number)" }
    if let number = item.outRequestNo { fields[.outRequestNumber] = "\(number)" }
    logger.write(
      .critical, "the provider's books and ours differ; find out why and resolve it", fields)
  }

  func manyAlarms(_ provider: PaymentMethod, _ run: Int64, _ count: Int) {
    logger.write(
      .critical, "the provider's books and ours differ in many places; see: coinpay reconcile show",
      [.provider: "\(provider)", .run: "\(run)", .differences: "\(count)"])
  }

  func failed(_ provider: PaymentMethod, _ day: BookDay, _ cause: Cause) {
    logger.write(
      .error, "a provider's books could not be read to their end; run coinpay reconcile again",
      [.provider: "\(provider)", .day: "\(day)", .cause: "\(cause)"])
  }

  /// Their payments may be told of as missing there.
  func unreadable(_ provider: PaymentMethod, _ day: BookDay, _ lines: UnreadableLines) {
    logger.write(
      .critical,
      "lines of a provider's books could not be read; the rest was compared: look at these lines there",
      [
        .provider: "\(provider)", .day: "\(day)", .lines: "\(lines)",
        .differences: "\(lines.count)",
      ])
  }

  func complete(_ run: ReconciliationRun) {
    var fields: LogFields = [
      .provider: "\(run.provider)", .day: "\(run.day)", .run: "\(run.id)",
      .lines: "\(run.lines)", .foreign: "\(run.foreign)", .matched: "\(run.matched)",
      .open: "\(run.open)",
    ]
    for (kind, count) in run.differences { fields[kind.logField] = "\(count)" }
    logger.write(.info, "a day was reconciled", fields)
  }
}

extension Difference {
  fileprivate var logField: LogField {
    switch self {
    case .missingHere: .missingHere
    case .missingThere: .missingThere
    case .amountDiffers: .amountDiffers
    case .statusDiffers: .statusDiffers
    }
  }
}
