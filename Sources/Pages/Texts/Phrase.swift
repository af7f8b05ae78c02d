/// Every text that pages, messages and documents show, by name. Each language has a file of its own
/// (`Texts+English.swift`), in which the compiler asks for the text of a new name.
///
/// Templates name a phrase as `{{t.name}}`. A text may have places to fill in: `{page}`.
public enum Phrase: String, CaseIterable, Hashable, Sendable {
  // The buyers' pages.
  case siteName, skipToContent, navCoin, navOrders, navTransactions, navigation
  case navAccount, serversZone, readersZone, signIn, signOut, register
  case footer, developmentNotice, coinTitle, balance, coins, totalPurchased
  case totalBonus, choosePackage, bonus, noPackages, chooseMethod, noMethods
  case unavailableNow, buy, buying, recentEntries, allEntries, noEntries
  case payTitle, orderNumber, amount, method, created, expires
  case timeLeft, minutesSeconds
  case scanOnPhone, cardNeedsScript, payByCard, payNow, mockPay
  case mockTitle, mockText, mockSuccess, mockFailure, switchMethod, cancelOrder
  case cancelAsk, cancelText, keepOrder, payAgain, close, backToCoin
  case newOrder, polling, pollingEnded, pollAgain, pollError, paidText
  case failedText, expiredText, cancelledText, refundText, disputedText, pendingText
  case switchAsk, switchText, switchWarning, switchNow, askFirst, keepMethod
  case earlierPayment, lookedAt, paidTwice, openElsewhere, notForMethod, refundedAmount
  case colon, tryAgainAfter, seconds, listComma, semicolon, methodDown, codeOver
  case renewCode, notStarted, tryAgain, iHavePaid, askedNow, nextCheck
  case lastAttempt, doneChecked, doneRenewed, donePassword, doneSession, thisDevice
  case unknownDevice, lastUsed, signOutThere, doneSessions, paidAt, all
  case from, to, filter, clearFilter, noneFound, status
  case receipt, receiptTitle, receiptNote, buyer, package, boughtCoins
  case bonusCoins, receiptProviderNumber, amountPaid, amountRefunded, print, backToOrder
  case accountTitle, profile, memberSince, changePassword, currentPassword, newPassword
  case signedInDevices, otherDevicesText, endOtherSessions, ordersTitle, noOrders, continuePaying
  case view, page, previous, next, transactionsTitle, kind
  case change, balanceAfter, time, reference, successTitle, successPending
  case signInTitle, username, password, usernameHint, passwordHint, registrationPasswordHint
  case noAccount, haveAccount, registerTitle, networkError, errorTitle, errorHint
  case requestID, working, fieldWrong, pair, minutesToWait, expectedEnd

  // The console.
  case consoleName, toTheShop, developmentMode, keepCodes, tellCode, toTheConsole
  case approvals, formerState, notSoldBy, enrolmentCodeWrong, noClearAnswer, goOn
  case search, more, cancel, anyStatus, fromDay, until
  case actions, consoleMethod, user, reason, details, timesAreIn
  case dashboard, controls, orders, consoleCoins, paid, noOrdersFound
  case searchOrders, searchOrdersHint, security, secondFactor, secondFactorNeeded
  case orTypeThis, code, codeHint, enrol, enterCode, letMeIn
  case isEnrolled, isNotEnrolled, passwordAndSessions, toOwnAccount, recoveryCodesLeft, renewCodes
  case renewCodesAsk, qrOfSecret, enrolLater, notConfigured, orderClosing, orderPaid
  case willBeSettled, orderClosed, refundUnderWay, wordUnbooked, paymentPaid, orderPaidOtherwise
  case wordWaits, wordDecided, numberTaken, moneyBooked, secondPersonAsked, administratorNeeded
  case tooManyWaiting, moreWait, administratorAsked, deedDone, deedAltered, askerLeft
  case deedImpossible, deedsWaiting, deedsDecided, rejected, providerConfirmed, providerUnbooked
  case confirmations, waitingForSecond, decided, providerSaid, askedBy, decidedBy
  case noConfirmations, approve, reject, payments, events, ledger
  case refunds, disputes, suspense, history, merchantNumber, providerNumber
  case cause, providersReason, queries, nothingHere, number, source
  case outcome, body, show, balanceAfterChange, event, refundNumber
  case actor, coinsFrozen, respondBy, resolution, what, becameState
  case order, payment, queryProvider, queryProviderText, resettle, resettleText
  case closeOrder, closeOrderText, refund, refundExplained, refundAmountHint, coinRule
  case giveUpRefund, giveUpRefundText, refundImpossible, refundGivenUp, refundBusy, refundKnown
  case refundUnclear, refundOver, settlementStopped, confirmByHand, confirmByHandText,
    providerNumberHint
  case users, usernameStart, role, consoleBalance, registered, noUsers
  case active, disabled, passwordTooShort, erased, allOrders, doneBefore
  case tooFewCoins, grantCoins, grantText, deductCoins, deductText, disable
  case disableText, enable, enableText, changeRole, changeRoleText, inviteFactor
  case inviteFactorText, enrolmentCode, enrolmentCodeText, resetFactor, resetFactorText, packages
  case nameIn, prices, position, positionHint, listPosition, consoleNoPackages,
    createPackage
  case packageText, overdue, nothingOverdue, priceRefused, packageWrong, reasonNeeded
  case amountWrong, coinsWrong, periodWrong, filterWrong, onSale, offSale
  case editPackage, takeOffSale, putOnSale, pricesHint, consoleBonus, queue
  case queuedEvents, waitingEvents, parkedEvents, oldest, eventKey, retry
  case discard, discardText, nothingParked, resolve, resolveText, nothingInSuspense
  case auditLog, subject, action, chainIntact, chainBroken, settings
  case settingsText, unreadable, reconciliation, day, state, lines
  case matched, foreignLines, differences, open, ours, theirs
  case noRuns, noDifferences, providerCalls, operation, milliseconds, theirRequestID
  case doneByOperators, viewRecorded, answerNotFound, priceUnknownCurrency, priceNotWhole,
    priceLastDigit
  case priceTooSmall, priceTooLarge, obstacleMethodOff, obstacleOtherAccount

  // Emergency controls.
  case site, mode, siteOpen, ordersPaused, readOnly, endsAt
  case noticeShown, usualWords, settlement, settlementOn, settlementOff, effective
  case pauseOrders, pauseOrdersAsk, makeReadOnly, makeReadOnlyAsk, stopPayments, stopPaymentsAsk
  case resume, resumeAsk, noticeIn, noticeHint, minutes
  case minutesWrong, minutesHint, methods, methodsHint, place, provider
  case works, fails, offered, on, off, backup
  case noBackup, switchOff, switchOffAsk, switchOn, switchOnAsk, nameBackup
  case nameBackupAsk, moveUp, moveUpAsk, offeredNow, noMethodsConfigured

  // The dashboard.
  case today, sevenDays, thirtyDays, ninetyDays, by, byHour
  case byDay, zone, now, approvalsWaiting, waiting, waitingSince
  case parked, suspenseMoney, behind, methodsOff, none, overview
  case successRate, successRateHint, begun, paidCount, failed, closed
  case undecided, causes, causesHint, count, durations, durationsHint
  case median, slowest, amounts, amountsHint, currency, hour
  case paidAmount, refundedTotal, netAmount, duplicatesAndRefunds, duplicates, duplicatesAmount
  case refundsAsked, refundsMade, refundsHint, csv, nothing, total
  case secondsUnit

  // Why a payment failed, for its buyer.
  case failureInsufficientFunds, failureDeclined, failureAuthenticationFailed,
    failureSuspectedFraud, failureLimitExceeded, failureInstrumentUnusable
  case failureCancelled, failureExpired, failureUnavailable, failureUnknown

  // Errors by their codes.
  case errorInvalidRequest, errorInvalidParameters, errorInvalidPaymentMethod,
    errorInvalidCredentials, errorLoginRequired, errorForbidden
  case errorFormExpired, errorWrongPassword, errorInvalidPassword, errorWeakPassword,
    errorAccountDisabled, errorNotFound
  case errorOrderNotFound, errorPackageNotFound, errorPackageNotForMethod, errorMethodNotAllowed,
    errorConflict, errorUsernameTaken
  case errorPayloadTooLarge, errorUnsupportedMediaType, errorTooManyPendingOrders,
    errorTooManyPayments, errorAmountLimit, errorPurchaseLimit
  case errorCancelLimit, errorRateLimited, errorPaymentMethodUnavailable, errorPaymentBeingMade,
    errorSecondFactorRequired, errorEnrolmentCodeNeeded
  case errorPasswordNeeded, errorInvalidCode, errorUserNotFound, errorUserErased,
    errorNotYourself, errorSecondPersonNeeded
  case errorNotPaid, errorDisputed, errorRefundImpossible, errorRefundTooLarge, errorCoinsSpent,
    errorKeyReused
  case errorOrdersPaused, errorReadOnly, errorOverloaded, errorInternal, errorHeadersTooLarge,
    errorEndedProcess

  // States of orders.
  case statusPending, statusPaid, statusFailed, statusExpired, statusCancelled, statusRefunding
  case statusRefunded, statusPartiallyRefunded, statusDisputed

  // States of payments.
  case paymentStarting, paymentPending, paymentSucceeded, paymentFailed, paymentClosed,
    paymentDuplicate
  case paymentSuspicious

  // States of refunds.
  case refundRequested, refundPending, refundSucceeded, refundFailed

  // What becomes of a refund's coins.
  case ruleTakeBack, ruleTakeBackToZero, ruleLeave

  // Roles.
  case roleUser, roleViewer, roleOperator, roleAdministrator

  // Kinds of ledger entries.
  case entryPurchase, entryBonus, entryRefund, entryRefundBonus, entryRefundReturn,
    entryRefundBonusReturn
  case entryDisputeHold, entryDisputeRelease, entryGrant, entryDeduction

  // Sources of events.
  case sourceNotification, sourceQuery, sourceReconciliation, sourceMock, sourceOperator

  // What events say.
  case eventSucceeded, eventRefunded, eventFailed, eventAttemptFailed, eventClosed, eventPending
  case eventRefund, eventDispute, eventChanged

  // States of events.
  case eventStatePending, eventStateParked, eventStateSettled

  // What became of events.
  case outcomeCredited, outcomeDuplicate, outcomeConfirming, outcomeSuspicious, outcomeFailed,
    outcomeClosed
  case outcomeIgnored, outcomeRefundRequested, outcomeRefundPending, outcomeRefundSucceeded,
    outcomeRefundFailed, outcomeDisputeInquiry
  case outcomeDisputeOpened, outcomeDisputeWon, outcomeDisputeLost, outcomeUnmatched, outcomeRead,
    outcomeDiscarded

  // States of disputes.
  case disputeInquiry, disputeOpened, disputeWon, disputeLost

  // How books differ.
  case differenceMissingHere, differenceMissingThere, differenceAmountDiffers,
    differenceStatusDiffers

  // States of reconciliations.
  case runRunning, runNotReady, runFailed, runComplete

  // States of requests for approval.
  case requestOpen, requestApproved, requestRejected, requestExpired

  // Why money is in suspense.
  case suspenseUnmatched, suspensePaidTwice, suspenseUnconfirmed

  // How an event contradicts what is stored.
  case mismatchProvider, mismatchMerchantAccount, mismatchLiveMode, mismatchOutTradeNo,
    mismatchTransactionID, mismatchCurrency
  case mismatchAmount, mismatchRefunded, mismatchErased

  // Why an order or payment changed its state.
  case stepCreated, stepStarted, stepPayAgain, stepPaid, stepPaidTwice, stepExpired
  case stepCancelled, stepClosedByOperator, stepRefundOrDispute

  // Causes that providers give.
  case causeInsufficientFunds, causeDeclined, causeAuthenticationFailed, causeSuspectedFraud,
    causeLimitExceeded, causeInstrumentUnusable
  case causeCancelled, causeExpired, causeConflict, causeConfiguration, causeInvalidRequest,
    causeUnavailable
  case causeOther

  // Calls to providers.
  case callStart, callQuery, callClose, callRefund, callQueryRefund, callNotification
  case callBooks, callOther

  // What operators do.
  case actionRefund, actionGiveUpRefund, actionGrantCoins, actionDeductCoins, actionAllowNegative,
    actionForbidNegative
  case actionResolveSuspense, actionRetryEvent, actionDiscardEvent, actionResolveDifference,
    actionResettleOrder, actionCloseOrder
  case actionQueryOrder, actionRequestConfirmation, actionApproveConfirmation,
    actionRejectConfirmation, actionRequestDeed, actionApproveDeed
  case actionRejectDeed, actionViewNotification, actionCreateUser, actionSetPassword,
    actionSetRole, actionDisableUser
  case actionEnableUser, actionCreatePackage, actionEditPackage, actionActivatePackage,
    actionDeactivatePackage, actionStepUp
  case actionEnrolSecondFactor, actionRenewRecoveryCodes, actionResetSecondFactor,
    actionInviteSecondFactor, actionSwitchMethod, actionOrderMethods
  case actionPause, actionStopPayments, actionResume, actionPurgeOrders, actionEraseUser
  case actionExportUser

  // Details of the audit log.
  case detailCoins, detailRefundAs, detailRefundOf, detailCoinsFor, detailGrant, detailDeduct,
    detailCoinsStay, detailCoinsSpent, detailEvents
  case detailOrders, detailPayments, detailErased, detailKept, detailFormerState,
    detailRequestedBy
  case detailRefund, detailAllLeft, detailFallback, detailNeverSent, detailUnknownThere, detailOn
  case detailOff
}
