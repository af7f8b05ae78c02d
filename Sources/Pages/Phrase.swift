/// Every text that pages show, in both languages. Templates name a phrase as `{{t.name}}`.
enum Phrase: String, CaseIterable {
  case siteName, skipToContent, navigation, navCoin, navOrders, navTransactions, navAccount
  case signIn, signOut, register, serversZone, readersZone
  case otherLanguage, footer, developmentNotice
  case coinTitle, balance, coins, totalPurchased, totalBonus, choosePackage, bonus, noPackages
  case chooseMethod, noMethods, unavailableNow, buy, buying, recentEntries, allEntries, noEntries
  case payTitle, orderNumber, amount, method, created, expires, timeLeft, minutesSeconds
  case scanOnPhone, payByCard, cardNeedsScript, payNow
  case mockPay, mockTitle, mockText, mockSuccess
  case mockFailure, switchMethod, cancelOrder, cancelAsk, cancelText, keepOrder
  case payAgain, close, backToCoin, newOrder
  case switchAsk, switchText, switchWarning, switchNow, keepMethod, askFirst, earlierPayment
  case lookedAt, paidTwice, openElsewhere, notForMethod, refundedAmount, seconds, colon
  case tryAgainAfter
  case listComma, methodDown, codeOver, renewCode, notStarted, tryAgain
  case iHavePaid, askedNow, nextCheck, lastAttempt
  case doneChecked, doneRenewed, donePassword, doneSessions, doneSession
  case polling, pollingEnded, pollAgain, pollError, paidText, failedText, expiredText
  case cancelledText, refundText, disputedText, pendingText, paidAt
  case all, from, to, filter, clearFilter, noneFound, status
  case ordersTitle, noOrders, continuePaying, view, page, previous, next
  case transactionsTitle, kind, change, balanceAfter, time, reference
  case successTitle, successPending
  case receipt, receiptTitle, receiptNote, buyer, package, boughtCoins, bonusCoins, providerNumber
  case amountPaid, amountRefunded, print, backToOrder
  case accountTitle, profile, memberSince, changePassword, currentPassword, newPassword
  case signedInDevices, otherDevicesText, endOtherSessions, thisDevice, unknownDevice, lastUsed,
    signOutThere
  case signInTitle, username, password, usernameHint, passwordHint, registrationPasswordHint
  case noAccount, haveAccount
  case registerTitle, networkError, errorTitle, errorHint, requestID, working, fieldWrong

  func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  /// With its places filled in: `{page}` by the value of `page`.
  func text(_ language: Language, _ values: [String: String]) -> String {
    var filled = ""
    for (index, piece) in text(language).split(
      separator: "{", omittingEmptySubsequences: false
    ).enumerated() {
      guard index > 0, let end = piece.firstIndex(of: "}"),
        let value = values[String(piece[..<end])]
      else {
        filled += (index > 0 ? "{" : "") + piece
        continue
      }
      filled += value + piece[end...].dropFirst()
    }
    return filled
  }

  /// The catalogue of a language, by phrase name.
  static func catalogue(_ language: Language) -> [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.text(language)) })
  }
}
