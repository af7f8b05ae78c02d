import Audit
import Pages
import Payments
import Vocabulary

/// The details of a line of the audit log in the reader's language.
///
/// The log keeps them in English for ever, as parts with commas between them. A part that is none of those known here
/// is shown as it is.
struct AuditDetails {
  private struct Pattern {
    let before: String
    let after: String
    let phrase: Phrase

    init(_ before: String = "", _ after: String = "", _ phrase: Phrase) {
      self.before = before
      self.after = after
      self.phrase = phrase
    }
  }

  /// One that another begins or ends with comes after it.
  private static let patterns = [
    Pattern("grant ", " coins", .detailGrant), Pattern("deduct ", " coins", .detailDeduct),
    Pattern("", " coins stay", .detailCoinsStay),
    Pattern("", " coins were spent already", .detailCoinsSpent),
    Pattern("", " coins", .detailCoins), Pattern("", " events", .detailEvents),
    Pattern("", " orders", .detailOrders), Pattern("", " payments", .detailPayments),
    Pattern("", " notifications erased", .detailErased),
    Pattern("", " kept as evidence", .detailKept), Pattern("was ", "", .detailFormerState),
    Pattern("asked for by ", "", .detailRequestedBy), Pattern("refund ", "", .detailRefund),
    Pattern("backup ", "", .detailFallback),
  ]

  private static let words: [String: Phrase] = [
    "all that is left": .detailAllLeft, "never sent": .detailNeverSent,
    "unknown at the provider": .detailUnknownThere, "on": .detailOn, "off": .detailOff,
  ]

  let language: Language
  let actors: ActorNames
  let faces: MethodFaces

  func shown(_ action: OperatorAction.Recorded) -> String {
    guard let kind = OperatorAction.Kind(rawValue: action.action) else { return action.details }
    switch kind {
    // They end with what operators wrote.
    case .pause, .stopPayments: return action.details
    case .queryOrder: return answers(action.details)
    case .refund: return parts(action, joined: " as ", .detailRefundAs, "amount", "number")
    case .giveUpRefund: return parts(action, joined: " of ", .detailRefundOf, "number", "amount")
    case .createPackage, .editPackage:
      return parts(action, joined: " coins for ", .detailCoinsFor, "coins", "price")
    case .grantCoins, .deductCoins, .allowNegative, .forbidNegative, .resolveSuspense, .retryEvent,
      .discardEvent, .resolveDifference, .resettleOrder, .closeOrder, .requestConfirmation,
      .approveConfirmation, .rejectConfirmation, .requestDeed, .approveDeed, .rejectDeed,
      .viewNotification, .createUser, .setPassword, .setRole, .disableUser, .enableUser,
      .activatePackage, .deactivatePackage, .stepUp, .enrolSecondFactor, .renewRecoveryCodes,
      .resetSecondFactor, .inviteSecondFactor, .switchMethod, .orderMethods, .resume,
      .purgeOrders, .eraseUser, .exportUser:
      return parts(action) { part($0) }
    }
  }

  private func parts(
    _ action: OperatorAction.Recorded, _ shown: (String) -> String
  ) -> String {
    action.details.split(separator: ", ").map { shown(String($0)) }
      .joined(separator: Phrase.listComma.text(language))
  }

  /// Parts of which one is two values with a word between them.
  private func parts(
    _ action: OperatorAction.Recorded, joined word: String, _ phrase: Phrase, _ first: String,
    _ second: String
  ) -> String {
    parts(action) { text in
      guard let middle = text.firstRange(of: word) else { return part(text) }
      return phrase.text(
        language,
        [first: String(text[..<middle.lowerBound]), second: String(text[middle.upperBound...])])
    }
  }

  private func part(_ text: String) -> String {
    if let word = AuditDetails.words[text] { return word.text(language) }
    if let name = RefundRule(rawValue: text)?.name(language) { return name }
    if let name = UserRole(rawValue: text)?.name(language) { return name }
    for pattern in AuditDetails.patterns {
      guard text.hasPrefix(pattern.before), text.hasSuffix(pattern.after),
        text.utf8.count > pattern.before.utf8.count + pattern.after.utf8.count
      else { continue }
      let value = text.dropFirst(pattern.before.count).dropLast(pattern.after.count)
      return pattern.phrase.text(language, ["value": self.value(String(value))])
    }
    return confirmed(text) ?? text
  }

  /// What a provider said about a payment when an operator was to confirm it: `C1 (no number): NOT_FOUND`.
  private func confirmed(_ text: String) -> String? {
    guard let end = text.firstRange(of: "): ") else { return nil }
    let answer = language.providerAnswer(String(text[end.upperBound...]))
    return language.pair(String(text[...end.lowerBound]), answer)
  }

  private func value(_ text: String) -> String {
    let state = OrderStatus(rawValue: text)?.name(language)
    let method = faces.method(named: text).map { faces.name($0, language) }
    return state ?? method ?? actors.shown(text)
  }

  /// What providers said about payments: `C1: SUCCEEDED; C2: NOT_FOUND`.
  private func answers(_ details: String) -> String {
    details.split(separator: "; ").map { item in
      let parts = item.split(separator: ": ", maxSplits: 1)
      guard parts.count == 2 else { return String(item) }
      return language.pair(String(parts[0]), language.providerAnswer(String(parts[1])))
    }.joined(separator: Phrase.semicolon.text(language))
  }
}
