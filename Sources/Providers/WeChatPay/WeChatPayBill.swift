import Provider
import Vocabulary

/// A day's bill of either version: UTF-8 with a byte order mark, every value after a back-tick, amounts
/// in yuan, and at the end two lines with totals.
struct WeChatPayBill {
  struct Unreadable: Error {}

  private struct Columns {
    let count: Int
    let time: Int
    let transactionID: Int
    let outTradeNo: Int
    let state: Int
    let currency: Int
    let orderAmount: Int
    let refundID: Int
    let outRefundNo: Int
    let refundAmount: Int
    let refundState: Int

    init?(_ names: [String]) {
      func place(_ candidates: String...) -> Int? {
        candidates.lazy.compactMap { names.firstIndex(of: $0) }.first
      }
      guard let time = place("交易时间"), let transactionID = place("微信订单号"),
        let outTradeNo = place("商户订单号"), let state = place("交易状态"),
        let currency = place("货币种类"), let orderAmount = place("订单金额", "总金额", "应结订单金额"),
        let refundID = place("微信退款单号"), let outRefundNo = place("商户退款单号"),
        let refundAmount = place("申请退款金额", "退款金额"), let refundState = place("退款状态")
      else { return nil }
      count = names.count
      self.time = time
      self.transactionID = transactionID
      self.outTradeNo = outTradeNo
      self.state = state
      self.currency = currency
      self.orderAmount = orderAmount
      self.refundID = refundID
      self.outRefundNo = outRefundNo
      self.refundAmount = refundAmount
      self.refundState = refundState
    }
  }

  private var columns: Columns?
  private var isPastTheEnd = false

  /// Whether the bill was read to its totals; one that breaks off is not whole.
  var isComplete: Bool { columns != nil && isPastTheEnd }

  /// Reads one line.
  /// - Returns: nil for the header, an empty line and the totals.
  mutating func read(_ bytes: [UInt8]) throws(Unreadable) -> BookLine? {
    guard var text = String(validating: bytes, as: UTF8.self) else { throw Unreadable() }
    guard let columns else {
      if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard let header = Columns(names) else { throw Unreadable() }
      self.columns = header
      return nil
    }
    if text.hasPrefix("总交易单数") { isPastTheEnd = true }
    guard !isPastTheEnd, !text.isEmpty else { return nil }
    // A value may hold a comma, but not a comma with a back-tick.
    guard text.hasPrefix("`") else { throw Unreadable() }
    // By code points: a value that begins with a mark would make one character of it and the back-tick.
    let cells = text.unicodeScalars.dropFirst().split(
      separator: ",`".unicodeScalars, omittingEmptySubsequences: false)
    guard cells.count == columns.count else { throw Unreadable() }
    return try line(cells.map(String.init), columns)
  }

  private func line(_ cells: [String], _ columns: Columns) throws(Unreadable) -> BookLine? {
    let isRefund = cells[columns.state] == "REFUND"
    guard isRefund || cells[columns.state] == "SUCCESS" else { return nil }
    let amountText = cells[isRefund ? columns.refundAmount : columns.orderAmount]
    guard let currency = Currency(cells[columns.currency]),
      let amount = Money(decimal: amountText, currency: currency),
      let time = Timestamp(beijing: cells[columns.time])
    else { throw Unreadable() }
    return BookLine(
      kind: isRefund ? .refund : .payment,
      status: isRefund ? refundStatus(cells[columns.refundState]) : .succeeded,
      outTradeNo: cells[columns.outTradeNo], providerTransactionID: cells[columns.transactionID],
      outRequestNo: isRefund ? cells[columns.outRefundNo] : nil,
      providerRefundID: isRefund ? cells[columns.refundID] : nil, amount: ReportedAmount(amount),
      occurredAt: time)
  }

  private func refundStatus(_ text: String) -> BookLine.Status {
    switch text {
    case "SUCCESS": .succeeded
    case "FAIL", "REFUNDCLOSE", "CLOSED": .failed
    default: .pending
    }
  }
}
