import Vocabulary

extension PageRenderer {
  public func pay(_ view: PayView, _ chrome: Chrome) -> String {
    let language = chrome.language
    var content = orderContent(view.order, language)
    content["title"] = Phrase.payTitle.text(language)
    content["seconds_left"] = String(view.secondsLeft)
    content["time_left"] = Names.minutesAndSeconds(view.secondsLeft, language)
    content["can_cancel"] = view.canCancel
    content["failure"] = view.failure?.name(language)
    content["other_methods"] = methods(view.otherMethods, language, prices: view.prices)
    content["unavailable_methods"] = methods(view.unavailableMethods, language)
    content["has_other_methods"] = !view.otherMethods.isEmpty
    let retryMethods = faces.methods.filter {
      ($0 == view.order.method && !view.unavailableMethods.contains($0))
        || view.otherMethods.contains($0)
    }
    let ownPrice = [view.order.method: view.order.amount]
    content["retry_methods"] = methods(
      retryMethods, language, prices: view.prices.merging(ownPrice) { $1 })
    content["has_retry_methods"] = !view.otherMethods.isEmpty || view.order.status == .pending
    content["method_unavailable"] = view.unavailableMethods.contains(view.order.method)
    content["looked_at"] = view.isLookedAt
    content["paid_twice"] = view.isPaidTwice
    content["has_open_payment"] = view.hasOpenPayment
    content["next_check"] = view.nextCheckSeconds.map {
      Phrase.nextCheck.text(language, ["time": Names.minutesAndSeconds($0, language)])
    }
    if !view.earlierOpenMethods.isEmpty {
      let names = view.earlierOpenMethods.map { faces.name($0, language) }
      content["earlier"] = Phrase.earlierPayment.text(
        language, ["methods": names.joined(separator: Phrase.listComma.text(language))])
    }
    add(view.action, view, to: &content, language)
    add(view.question, view, to: &content, language)
    return render("pay", chrome, content)
  }

  private func add(
    _ action: PayAction, _ view: PayView, to content: inout [String: Any], _ language: Language
  ) {
    let method = view.order.method
    switch action {
    case .redirect(let url):
      content["redirect_url"] = url
      content["inside_app"] = view.isInsideApp
      content["go_on_to_pay"] = faces[method]?.goOn.text(language)
    case .qrCode(let imageURL):
      content["qr_image"] = imageURL
      content["scan_caption"] = faces[method]?.scan.text(language)
    case .paymentElement: content["card"] = true
    case .mock(let id): content["mock_id"] = id
    case .stale: content["stale"] = true
    case .notStarted: content["not_started"] = true
    case .none: break
    }
    if let seconds = view.codeSecondsLeft { content["code_seconds_left"] = String(seconds) }
    content["method_id"] = method.rawValue
  }

  private func add(
    _ question: PayQuestion?, _ view: PayView, to content: inout [String: Any],
    _ language: Language
  ) {
    switch question {
    case .cancel: content["ask_cancel"] = true
    case .switchMethod(let method):
      content["ask_switch"] = true
      content["switch_to"] = method.rawValue
      content["switch_to_name"] = faces.name(method, language)
      content["switch_to_price"] = view.prices[method]?.display
    case nil: break
    }
  }

  public func success(
    _ order: OrderView, balance: Int64, isLookedAt: Bool = false, _ chrome: Chrome
  ) -> String {
    var content = orderContent(order, chrome.language)
    content["looked_at"] = isLookedAt
    content["title"] = Phrase.successTitle.text(chrome.language)
    content["balance"] = Names.coins(balance)
    content["confirming"] = true
    content["query"] = "order_no=\(order.number)&"
    return render("success", chrome, content)
  }

  func orderContent(_ order: OrderView, _ language: Language) -> [String: Any] {
    var content: [String: Any] = [
      "order_no": order.number.text, "package": order.packageName,
      "coins": Names.coins(order.coins + order.bonusCoins), "amount": order.amount.display,
      "method": faces.name(order.method, language),
      "status": order.status.rawValue, "status_lower": order.status.rawValue.lowercased(),
      "status_name": Names.status(order.status, language), "created": order.created.human,
      "created_datetime": order.created.machine, "expires": order.expires.human,
      "expires_datetime": order.expires.machine, "was_credited": order.status.wasCredited,
    ]
    content["refunded_text"] = order.refunded.map {
      Phrase.refundedAmount.text(language, ["amount": $0.display])
    }
    if let paid = order.paid {
      content["paid"] = ["human": paid.human, "machine": paid.machine]
    }
    content["is_\(Self.group(of: order.status))"] = true
    return content
  }

  /// States that a reader is told about in the same way.
  private static func group(of status: OrderStatus) -> String {
    switch status {
    case .pending: "pending"
    case .paid: "paid"
    case .failed: "failed"
    case .expired: "expired"
    case .cancelled: "cancelled"
    case .refunding, .refunded, .partiallyRefunded: "refunded"
    case .disputed: "disputed"
    }
  }
}
