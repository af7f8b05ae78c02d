public import Pages

/// Every text of the operators' console, in both languages.
public enum AdminPhrase: String, CaseIterable, Sendable {
  case consoleName, skipToContent, otherLanguage, signOut, toTheShop, developmentNotice
  case networkError, working, keepCodes, goOn, search, more, cancel, errorTitle, requestID
  case all, anyStatus, from, until, actions, status, time, amount, method, user, reason, details
  case orders, orderNumber, coins, created, paid, noOrders, searchOrders, searchOrdersHint
  case security, secondFactor, secondFactorNeeded, scanThis, orTypeThis, code, codeHint, enrol
  case enterCode, letMeIn, isEnrolled, isNotEnrolled, recoveryCodesLeft, renewCodes
  case renewCodesAsk, qrOfSecret, enrolLater
  case dashboard, controls

  public func text(_ language: Language) -> String {
    let (chinese, english) = texts
    return language == .chinese ? chinese : english
  }

  /// The catalogue of a language, by phrase name.
  static func catalogue(_ language: Language) -> [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.text(language)) })
  }
}
