/// Every text that pages show, in both languages. Templates name a phrase as `{{t.name}}`.
enum Phrase: String, CaseIterable {
  case siteName, skipToContent, navCoin, navOrders, navTransactions, signIn, signOut, register
  case otherLanguage, footer, developmentNotice
  case coinTitle, balance, coins, totalPurchased, totalBonus, choosePackage, bonus, noPackages
  case chooseMethod, noMethods, buy, buying, recentEntries, allEntries, noEntries
  case payTitle, orderNumber, amount, method, created, expires, timeLeft, minutesSeconds
  case goToAlipay, goToWeChat, goToStripe
  case scanWithAlipay, scanWithWeChat, payByCard, payNow, mockPay, mockTitle, mockText, mockSuccess
  case mockFailure, switchMethod, cancelOrder, cancelAsk, cancelText, keepOrder
  case payAgain, close, backToCoin, newOrder
  case polling, pollingEnded, pollAgain, pollError, paidText, failedText, expiredText
  case cancelledText, refundText, disputedText, pendingText, paidAt
  case ordersTitle, noOrders, continuePaying, view, page, previous, next
  case transactionsTitle, kind, change, balanceAfter, time, reference
  case successTitle, successPending
  case signInTitle, username, password, usernameHint, passwordHint, noAccount, haveAccount
  case registerTitle, networkError, errorTitle, errorHint, requestID, needScript, working

  func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  /// The catalogue of a language, by phrase name.
  static func catalogue(_ language: Language) -> [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.text(language)) })
  }
}
