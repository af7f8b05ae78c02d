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

  private var columns: Columns?

  /// Whether the header was seen; a file without one is no bill.
  var hasHeader: Bool { columns != nil }

  /// Reads one line. Only the cells that are used have to be of the bill's character set: buyers' programs cut the name
  /// of the goods in the middle of a character.
  ///
  /// - Returns: nil for a comment, the header and an empty line.
  mutating func read(_ bytes: [UInt8]) throws(BillProblem) -> BookLine? {
    guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }
    // No byte of a longer character in GBK is a comma or a tab.
    var cells = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard let columns else {
      guard let header = Columns(cells.map { AlipayBill.text($0) ?? "" }) else { throw .otherFile }
      self.columns = header
      return nil
    }
    // A comma in the name of the goods makes more cells of it.
    if cells.count > columns.count {
      let extra = cells.count - columns.count
      cells.removeSubrange((columns.goods + 1)...(columns.goods + extra))
    }
    guard cells.count == columns.count else { throw .line }
    return try line(cells, columns)
  }

  private static func text(_ cell: ArraySlice<UInt8>) -> String? {
    Charset.gbk.decode(cell.filter { $0 != UInt8(ascii: "\t") })
  }

  private func line(
    _ cells: [ArraySlice<UInt8>], _ columns: Columns
  ) throws(BillProblem) -> BookLine? {
    func used(_ place: Int) throws(BillProblem) -> String {
      guard let text = AlipayBill.text(cells[place]) else { throw .line }
      return text
    }
    let kind: BookLine.Kind
    switch try used(columns.type) {
    case "交易": kind = .payment
    case "退款": kind = .refund
    default: return nil
    }
    let amountText = try used(columns.amount).drop { $0 == "-" }
    guard let amount = AlipayWire.amount(String(amountText)),
      let finishedAt = Timestamp(beijing: try used(columns.finishedAt))
    else { throw .line }
    let requestNo = kind == .refund ? try used(columns.requestNo) : ""
    return BookLine(
      kind: kind, status: .succeeded, outTradeNo: try used(columns.outTradeNo),
      providerTransactionID: try used(columns.tradeNo),
      outRequestNo: requestNo.isEmpty ? nil : requestNo, amount: amount, occurredAt: finishedAt)
  }
}
