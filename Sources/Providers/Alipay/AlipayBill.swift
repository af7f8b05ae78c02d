import Files
import Provider
import Vocabulary

/// The detail file (业务明细) of a day's bill: GBK, lines of comment beginning with `#`, cells padded
/// with tabs.
struct AlipayBill {
  /// Places of the cells that are read, from the header line.
  private struct Columns {
    let count: Int
    let tradeNo: Int
    let outTradeNo: Int
    let type: Int
    let goods: Int
    let finishedAt: Int
    let amount: Int
    let requestNo: Int

    init?(_ cells: [String]) {
      func place(_ name: String) -> Int? { cells.firstIndex { $0.hasPrefix(name) } }
      guard let tradeNo = place("支付宝交易号"), let outTradeNo = place("商户订单号"),
        let type = place("业务类型"), let goods = place("商品名称"), let finishedAt = place("完成时间"),
        let amount = place("订单金额"), let requestNo = place("退款批次号")
      else { return nil }
      count = cells.count
      self.tradeNo = tradeNo
      self.outTradeNo = outTradeNo
      self.type = type
      self.goods = goods
      self.finishedAt = finishedAt
      self.amount = amount
      self.requestNo = requestNo
    }
  }

  struct Unreadable: Error {}

  private var columns: Columns?

  /// Whether the header was seen; a file without one is no bill.
  var hasHeader: Bool { columns != nil }

  /// Reads one line.
  /// - Returns: nil for a comment, the header and an empty line.
  mutating func read(_ bytes: [UInt8]) throws(Unreadable) -> BookLine? {
    guard let text = Charset.gbk.decode(bytes) else { throw Unreadable() }
    guard !text.hasPrefix("#"), !text.isEmpty else { return nil }
    // By code points: a cell that begins with a mark would make one character of it and the comma.
    let parts = text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false)
    var cells = parts.map { cell in
      String(String.UnicodeScalarView(cell.filter { $0 != "\t" }))
    }
    guard let columns else {
      guard let header = Columns(cells) else { throw Unreadable() }
      self.columns = header
      return nil
    }
    // A comma in the name of the goods makes more cells of it.
    if cells.count > columns.count {
      let extra = cells.count - columns.count
      cells.removeSubrange((columns.goods + 1)...(columns.goods + extra))
    }
    guard cells.count == columns.count else { throw Unreadable() }
    return try line(cells, columns)
  }

  private func line(_ cells: [String], _ columns: Columns) throws(Unreadable) -> BookLine? {
    let kind: BookLine.Kind
    switch cells[columns.type] {
    case "交易": kind = .payment
    case "退款": kind = .refund
    default: return nil
    }
    let amountText = cells[columns.amount].drop { $0 == "-" }
    guard let amount = AlipayWire.amount(String(amountText)),
      let finishedAt = Timestamp(beijing: cells[columns.finishedAt])
    else { throw Unreadable() }
    let requestNo = cells[columns.requestNo]
    return BookLine(
      kind: kind, status: .succeeded, outTradeNo: cells[columns.outTradeNo],
      providerTransactionID: cells[columns.tradeNo],
      outRequestNo: kind == .refund && !requestNo.isEmpty ? requestNo : nil, amount: amount,
      occurredAt: finishedAt)
  }
}
