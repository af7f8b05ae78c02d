import HTTP
import Vocabulary

extension PageRenderer {
  /// - Parameters:
  ///   - next: the path to go to afterwards.
  ///   - username: what was entered before, when it did not work.
  public func signIn(next: String, username: String = "", _ chrome: Chrome) -> String {
    credentials(chrome, isRegistration: false, next: next, username)
  }

  public func register(next: String, username: String = "", _ chrome: Chrome) -> String {
    credentials(chrome, isRegistration: true, next: next, username)
  }

  private func credentials(
    _ chrome: Chrome, isRegistration: Bool, next: String, _ username: String
  ) -> String {
    let title: Phrase = isRegistration ? .registerTitle : .signInTitle
    let query = PercentCoding.encodeForm([(name: "next", value: next)])
    return render(
      "credentials", chrome,
      [
        "title": title.text(chrome.language), "registration": isRegistration, "next": next,
        "query": query + "&", "next_query": "?" + query, "entered": username,
        "action": isRegistration ? "/api/auth/register" : "/api/auth/login",
      ])
  }

  public func account(_ view: AccountView, _ chrome: Chrome) -> String {
    var content: [String: Any] = [
      "title": Phrase.accountTitle.text(chrome.language), "name": view.username,
      "balance": Names.coins(view.balance), "purchased": Names.coins(view.purchasedCoins),
      "bonus_total": Names.coins(view.bonusCoins),
    ]
    let hasOthers = view.sessions.contains { !$0.isCurrent }
    content["has_others"] = hasOthers
    // There is nothing to prove where there is nothing to end.
    content["asks_for_proof"] = hasOthers && view.asksForPassword
    content["sessions"] = view.sessions.map { session in
      [
        "id": session.id, "current": session.isCurrent,
        "device": session.device.isEmpty
          ? Phrase.unknownDevice.text(chrome.language) : session.device,
        "seen": ["human": session.lastUsed.human, "machine": session.lastUsed.machine],
      ] as [String: Any]
    }
    if let moment = view.registered {
      content["registered"] = ["human": moment.human, "machine": moment.machine]
    }
    return render("account", chrome, content)
  }

  public func error(_ code: ErrorCode, requestID: String, _ chrome: Chrome) -> String {
    render(
      "error", chrome,
      [
        "title": Phrase.errorTitle.text(chrome.language),
        "message": code.message(chrome.language), "code": String(code.status),
        // Whether the reader has signed in is not known here.
        "request_id": requestID, "is_error": true,
      ])
  }
}
