import Provider
import Vocabulary

/// A day's bill of either version: UTF-8 with a byte order mark, every value after a back-tick, amounts
/// in yuan, and at the end two lines with totals.
struct WeChatPayBill {
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

  /// Reads one line. Only the cells that are used have to be UTF-8.
  ///
  /// - Returns: nil for the header, an empty line and the totals.
  mutating func read(_ bytes: [UInt8]) throws(BillProblem) -> BookLine? {
    guard let columns else {
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      let names = (bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...])
        .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard let header = Columns(names) else { throw .otherFile }
      self.columns = header
      return nil
    }
    if bytes.starts(with: "总交易单数".utf8) { isPastTheEnd = true }
    guard !isPastTheEnd, !bytes.isEmpty else { return nil }
    // A value may hold a comma, but not a comma with a back-tick.
    guard bytes.first == UInt8(ascii: "`") else { throw .line }
    let cells = bytes.dropFirst().split(separator: ",`".utf8, omittingEmptySubsequences: false)
    guard cells.count == columns.count else { throw .line }
    return try line(cells, columns)
  }

  private func line(
    _ cells: [ArraySlice<UInt8>], _ columns: Columns
  ) throws(BillProblem) -> BookLine? {
    func used(_ place: Int) throws(BillProblem) -> String {
      guard let text = String(validating: cells[place], as: UTF8.self) else { throw .line }
      return text
    }
    let state = try used(columns.state)
    let isRefund = state == "REFUND"
    guard isRefund || state == "SUCCESS" else { return nil }
    let amountText = try used(isRefund ? columns.refundAmount : columns.orderAmount)
    guard let currency = Currency(try used(columns.currency)),
      let amount = Money(decimal: amountText, currency: currency),
      let time = Timestamp(beijing: try used(columns.time))
    else { throw .line }
    return BookLine(
      kind: isRefund ? .refund : .payment,
      status: isRefund ? refundStatus(try used(columns.refundState)) : .succeeded,
      outTradeNo: try used(columns.outTradeNo),
      providerTransactionID: try used(columns.transactionID),
      outRequestNo: isRefund ? try used(columns.outRefundNo) : nil,
      providerRefundID: isRefund ? try used(columns.refundID) : nil,
      amount: ReportedAmount(amount), occurredAt: time)
  }

  private func refundStatus(_ text: String) -> BookLine.Status {
    switch text {
    case "SUCCESS": .succeeded
    case "FAIL", "REFUNDCLOSE", "CLOSED": .failed
    default: .pending
    }
  }
}
