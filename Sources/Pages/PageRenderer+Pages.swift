import HTTP
import Vocabulary

extension PageRenderer {
  public func coin(_ view: CoinView, _ chrome: Chrome) -> String {
    let packages = view.packages.enumerated().map { index, package in
      self.package(package, isFirst: index == 0)
    }
    return render(
      "coin", chrome,
      [
        "title": Phrase.coinTitle.text(chrome.language), "balance": Names.coins(view.balance),
        "purchased": Names.coins(view.purchasedCoins), "bonus_total": Names.coins(view.bonusCoins),
        "packages": packages, "has_packages": !packages.isEmpty,
        "methods": methods(view.methods, chrome.language), "has_methods": !view.methods.isEmpty,
        "can_buy": view.takesOrders && !packages.isEmpty && !view.methods.isEmpty,
        "entries": entries(view.entries, chrome.language), "has_entries": !view.entries.isEmpty,
      ])
  }

  public func pay(_ view: PayView, _ chrome: Chrome) -> String {
    var content = orderContent(view.order, chrome.language)
    content["title"] = Phrase.payTitle.text(chrome.language)
    content["seconds_left"] = String(view.secondsLeft)
    content["can_cancel"] = view.canCancel
    content["other_methods"] = methods(view.otherMethods, chrome.language)
    content["has_other_methods"] = !view.otherMethods.isEmpty
    let retryMethods = PaymentMethod.allCases.filter {
      $0 == view.order.method || view.otherMethods.contains($0)
    }
    content["retry_methods"] = methods(retryMethods, chrome.language)
    content["has_retry_methods"] = !view.otherMethods.isEmpty || view.order.status == .pending
    switch view.action {
    case .redirect(let url):
      content["redirect_url"] = url
      content["go_on_to_pay"] = Names.goOn(to: view.order.method, chrome.language)
    case .qrCode(let imageURL):
      content["qr_image"] = imageURL
      let caption =
        view.order.method == .alipay ? Phrase.scanWithAlipay : .scanWithWeChat
      content["scan_caption"] = caption.text(chrome.language)
    case .paymentElement: content["card"] = true
    case .mock(let id): content["mock_id"] = id
    case .none: break
    }
    return render("pay", chrome, content)
  }

  public func orders(
    _ orders: [OrderView], _ position: ListPosition, _ chrome: Chrome
  ) -> String {
    render(
      "orders", chrome,
      pager(position, chrome.language).merging([
        "title": Phrase.ordersTitle.text(chrome.language),
        "orders": orders.map { orderContent($0, chrome.language) }, "has_orders": !orders.isEmpty,
      ]) { $1 })
  }

  public func transactions(
    _ entries: [EntryView], _ position: ListPosition, _ chrome: Chrome
  ) -> String {
    render(
      "transactions", chrome,
      pager(position, chrome.language).merging([
        "title": Phrase.transactionsTitle.text(chrome.language),
        "entries": self.entries(entries, chrome.language), "has_entries": !entries.isEmpty,
      ]) { $1 })
  }

  public func success(_ order: OrderView, balance: Int64, _ chrome: Chrome) -> String {
    var content = orderContent(order, chrome.language)
    content["title"] = Phrase.successTitle.text(chrome.language)
    content["balance"] = Names.coins(balance)
    content["confirming"] = true
    content["query"] = "order_no=\(order.number)&"
    return render("success", chrome, content)
  }

  /// - Parameter next: the path to go to afterwards.
  public func signIn(next: String, _ chrome: Chrome) -> String {
    account(chrome, isRegistration: false, next: next)
  }

  public func register(next: String, _ chrome: Chrome) -> String {
    account(chrome, isRegistration: true, next: next)
  }

  private func account(_ chrome: Chrome, isRegistration: Bool, next: String) -> String {
    let title: Phrase = isRegistration ? .registerTitle : .signInTitle
    return render(
      "account", chrome,
      [
        "title": title.text(chrome.language), "registration": isRegistration, "next": next,
        "query": PercentCoding.encodeForm([(name: "next", value: next)]) + "&",
        "next_query": "?" + PercentCoding.encodeForm([(name: "next", value: next)]),
        "action": isRegistration ? "/api/auth/register" : "/api/auth/login",
      ])
  }

  public func error(_ code: ErrorCode, requestID: String, _ chrome: Chrome) -> String {
    render(
      "error", chrome,
      [
        "title": Phrase.errorTitle.text(chrome.language),
        "message": code.message(chrome.language), "code": String(code.status),
        "request_id": requestID,
      ])
  }

  private func package(_ package: PackageView, isFirst: Bool) -> [String: Any] {
    [
      "id": String(package.id.value), "name": package.name, "coins": Names.coins(package.coins),
      "bonus": package.bonusCoins > 0 ? Names.coins(package.bonusCoins) as Any : false,
      "checked": isFirst,
      "prices": package.prices.enumerated().map { index, item in
        [
          "method": item.method.rawValue, "price": item.price.display, "shown": index == 0,
        ] as [String: Any]
      },
    ]
  }

  private func methods(_ methods: [PaymentMethod], _ language: Language) -> [[String: Any]] {
    methods.enumerated().map { index, method in
      [
        "id": method.rawValue, "name": Names.method(method, language), "checked": index == 0,
        "lower": method.rawValue.lowercased(),
      ]
    }
  }

  private func entries(_ entries: [EntryView], _ language: Language) -> [[String: Any]] {
    entries.map { entry in
      [
        "kind": Names.entryKind(entry.kind, language),
        "change": (entry.coins > 0 ? "+" : "") + Names.coins(entry.coins),
        "is_credit": entry.coins > 0, "balance": Names.coins(entry.balanceAfter),
        "reference": entry.reference, "time": entry.time.human, "datetime": entry.time.machine,
      ]
    }
  }

  private func orderContent(_ order: OrderView, _ language: Language) -> [String: Any] {
    var content: [String: Any] = [
      "order_no": order.number.text, "package": order.packageName,
      "coins": Names.coins(order.coins + order.bonusCoins), "amount": order.amount.display,
      "method": Names.method(order.method, language),
      "status": order.status.rawValue, "status_lower": order.status.rawValue.lowercased(),
      "status_name": Names.status(order.status, language), "created": order.created.human,
      "created_datetime": order.created.machine, "expires": order.expires.human,
      "expires_datetime": order.expires.machine,
    ]
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

  private func pager(_ position: ListPosition, _ language: Language) -> [String: Any] {
    let text = Phrase.page.text(language)
      .split(separator: "{page}", omittingEmptySubsequences: false)
      .joined(separator: String(position.page))
      .split(separator: "{pages}", omittingEmptySubsequences: false)
      .joined(separator: String(position.pages))
    var content: [String: Any] = [
      "position": text, "has_pages": position.pages > 1,
      "query": "page=\(position.page)&",
    ]
    if position.page > 1 { content["previous_page"] = String(position.page - 1) }
    if position.page < position.pages { content["next_page"] = String(position.page + 1) }
    return content
  }
}
