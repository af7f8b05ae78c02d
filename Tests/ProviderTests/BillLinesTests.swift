import Testing
import Vocabulary

@testable import Provider

@Suite struct BillLinesTests {
  private static let line = BookLine(
    kind: .payment, status: .succeeded, outTradeNo: "COIN_1", providerTransactionID: "1",
    amount: ReportedAmount(minorUnits: 990, currencyCode: "CNY"),
    occurredAt: Timestamp(unixSeconds: 1_800_000_000))

  @Test func `lines that cannot be read are named by their numbers in the file`() throws {
    var lines = BillLines()
    var got = 0
    for number in 1...2_500 {
      try lines.take(
        { () throws(BillProblem) in
          if number == 1 { return nil }
          if number % 100 == 7 { throw .line }
          return Self.line
        }, { got += $0.count })
    }
    try lines.finish { got += $0.count }
    #expect(got == 2_474 && lines.count == 2_474 && lines.unreadable.count == 25)
    #expect(lines.unreadable.description.hasPrefix("7, 107, 207, "))
    #expect(lines.unreadable.description.hasSuffix(", 1907, …"))
  }

  @Test func `a file of which nothing can be read is another one`() throws {
    var lines = BillLines()
    func takeUnreadable() throws {
      try lines.take({ () throws(BillProblem) in throw .line }, { _ in })
    }
    for _ in 1...UnreadableLines.linesMax { try takeUnreadable() }
    #expect(throws: BillProblem.otherFile) { try takeUnreadable() }
  }
}
