import Database
import Kit
import Provider
import Testing
import Vocabulary

@testable import Reconciliation

@Suite struct ClockStepTests {
  @Test func `a day that was read by a clock that was ahead is read again`() throws {
    var connection = Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
    let day = try #require(BookDay("2026-03-01"))
    let ahead = day.end(in: .beijing).adding(seconds: 20 * 3_600)
    let run = try ReconciliationRun.begin(.alipay, day, on: &connection, at: ahead)
    try ReconciliationRun.complete(
      run, lines: 1, foreign: 0, unreadable: UnreadableLines(), on: &connection, at: ahead)
    func isComplete(at moment: Timestamp) throws -> Bool? {
      try ReconciliationRun.days(of: .alipay, from: day, to: day, at: moment, in: &connection)[day]
    }
    #expect(try isComplete(at: ahead) == true)
    let right = ahead.adding(seconds: -10 * 3_600)
    #expect(try isComplete(at: right) == false)
    try ReconciliationRun.complete(
      run, lines: 2, foreign: 0, unreadable: UnreadableLines(), on: &connection, at: right)
    #expect(try isComplete(at: right) == true)
  }
}
