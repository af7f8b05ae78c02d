import Synchronization

/// What a simulated life has to contain, so that it proves what it says it proves.
enum Ingredient: String, CaseIterable {
  case pressedAgain = "pressed again"
  case paid
  case paidLate = "paid late"
  case paidTwice = "paid twice"
  case switchedMethod = "switched method"
  case cancelled
  case expired
  case failedCall = "failed calls"
  case lostAnswer = "lost answers"
  case lostNews = "lost news"
  case delayedNews = "delayed news"
  case repeatedNews = "repeated news"
  case reorderedNews = "reordered news"
  case wholeRefund = "whole refunds"
  case partialRefund = "partial refunds"
  case consoleRefund = "refunds of a console"
  case failedRefund = "failed refunds"
  case lateFailedRefund = "refunds failed after success"
  case middleFailedRefund = "refunds failed before others"
  case disputeOpened = "disputes opened"
  case disputeWon = "disputes won"
  case disputeLost = "disputes lost"
  case partialDispute = "disputes about a part"
  case severalDisputes = "further disputes"
  case disputeChanged = "disputes that changed their end"
  case crash = "crashes"
  case clockLeap = "clock leaps"
  case clockSetBack = "clocks set back"
}

/// How often each ingredient occurred.
final class Tally: Sendable {
  private let counts = Mutex<[Ingredient: Int]>([:])

  func count(_ ingredient: Ingredient, times: Int = 1) {
    counts.withLock { $0[ingredient, default: 0] += times }
  }

  func times(_ ingredient: Ingredient) -> Int { counts.withLock { $0[ingredient] ?? 0 } }

  var missing: [Ingredient] { Ingredient.allCases.filter { times($0) == 0 } }

  var description: String {
    Ingredient.allCases.map { "\(times($0)) \($0.rawValue)" }.joined(separator: ", ")
  }
}
