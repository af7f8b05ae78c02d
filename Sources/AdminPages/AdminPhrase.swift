public import Pages

/// Every text of the operators' console, in both languages.
public enum AdminPhrase: String, CaseIterable, Sendable {
  case consoleName, skipToContent, otherLanguage, signOut, toTheShop, developmentNotice
  case networkError, working, keepCodes, tellCode, toTheConsole, approvals, formerState
  case notSoldBy, enrolmentCodeWrong, noClearAnswer
  case goOn, search, more, cancel, errorTitle, requestID
  case all, anyStatus, from, until, actions, status, time, amount, method, user, reason, details
  case orders, orderNumber, coins, created, paid, noOrders, searchOrders, searchOrdersHint
  case security, secondFactor, secondFactorNeeded, scanThis, orTypeThis, code, codeHint, enrol
  case enterCode, letMeIn, isEnrolled, isNotEnrolled, recoveryCodesLeft, renewCodes
  case renewCodesAsk, qrOfSecret, enrolLater, passwordAndSessions, toOwnAccount
  case notConfigured, orderClosing, orderPaid, willBeSettled, orderClosed, refundUnderWay
  case wordUnbooked, paymentPaid, orderPaidOtherwise, wordWaits, wordDecided, numberTaken
  case moneyBooked, secondPersonAsked, rejected, providerConfirmed, confirmations
  case administratorNeeded, tooManyWaiting, moreWait
  case administratorAsked, deedDone, deedAltered, deedImpossible, askerLeft, deedsWaiting,
    deedsDecided
  case providerUnbooked
  case waitingForSecond, decided, providerSaid, askedBy, decidedBy, noConfirmations, approve
  case reject, payments, events, ledger, refunds, disputes, suspense, history, package, expires
  case merchantNumber, providerNumber, cause, providersReason, queries, nothingHere, number, source
  case kind, outcome
  case body, show, change, balanceAfter, event, refundNumber, actor, coinsFrozen, respondBy
  case resolution, what, to, order, payment, queryProvider, queryProviderText, resettle
  case resettleText, closeOrder, closeOrderText, refund, refundText, refundAmountHint, coinRule
  case giveUpRefund, giveUpRefundText, refundImpossible, refundGivenUp, refundBusy, refundKnown
  case refundUnclear, refundOver, settlementStopped
  case confirmByHand, confirmByHandText, providerNumberHint
  case passwordTooShort, users, usernameStart, role, balance, registered, noUsers, active, disabled,
    erased, allOrders
  case reference, doneBefore, tooFewCoins, grantCoins, grantText, deductCoins, deductText, disable
  case disableText, enable, enableText, changeRole, changeRoleText, resetFactor, resetFactorText
  case inviteFactor, inviteFactorText, enrolmentCode, enrolmentCodeText
  case packages, nameChinese, nameEnglish, prices, position, noPackages, createPackage, packageText
  case priceRefused, packageWrong, overdue, nothingOverdue
  case reasonNeeded, amountWrong, coinsWrong, periodWrong, filterWrong
  case onSale, offSale, editPackage, takeOffSale, putOnSale, pricesHint, bonus
  case queue, queuedEvents, waitingEvents, parkedEvents, oldest, eventKey, retry, discard
  case discardText, nothingParked, resolve, resolveText, nothingInSuspense
  case auditLog, subject, action, chainIntact, chainBroken, settings, settingsText, unreadable
  case viewRecorded
  case dashboard, controls, timesAreIn
  case reconciliation, day, state, lines, matched, foreignLines, differences, open, ours, theirs
  case noRuns
  case noDifferences, providerCalls, operation, milliseconds, theirRequestID, doneByOperators

  public func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  /// The catalogue of a language, by phrase name.
  static func catalogue(_ language: Language) -> [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.text(language)) })
  }
}
