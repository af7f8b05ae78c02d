import HTTP
import Vocabulary

extension PageRenderer {
  public func orders(
    _ orders: [OrderView], _ position: ListPosition, _ chrome: Chrome
  ) -> String {
    let choices = OrderStatus.allCases.map { ($0.rawValue, Names.status($0, chrome.language)) }
    return render(
      "orders", chrome,
      list(position, choiceName: "status", .status, choices, chrome.language).merging([
        "title": Phrase.ordersTitle.text(chrome.language),
        "orders": orders.map { orderContent($0, chrome.language) }, "has_orders": !orders.isEmpty,
      ]) { $1 })
  }

  /// - Parameter kinds: of ledger lines, to narrow the list down to, with their names.
  public func transactions(
    _ entries: [EntryView], kinds: [(value: String, name: String)], _ position: ListPosition,
    _ chrome: Chrome
  ) -> String {
    return render(
      "transactions", chrome,
      list(position, choiceName: "kind", .kind, kinds.map { ($0.value, $0.name) }, chrome.language)
        .merging([
          "title": Phrase.transactionsTitle.text(chrome.language),
          "entries": self.entries(entries), "has_entries": !entries.isEmpty,
        ]) { $1 })
  }

  public func receipt(_ view: ReceiptView, _ chrome: Chrome) -> String {
    var content = orderContent(view.order, chrome.language)
    content["title"] = Phrase.receiptTitle.text(chrome.language)
    content["buyer"] = view.username
    content["bought"] = Names.coins(view.order.coins)
    content["bonus"] = view.order.bonusCoins > 0 ? Names.coins(view.order.bonusCoins) : nil
    content["provider_no"] = view.providerNumber
    content["refunded"] = view.refunded?.display
    return render("receipt", chrome, content)
  }

  /// The filter and the pager of a list.
  private func list(
    _ position: ListPosition, choiceName: String, _ label: Phrase, _ choices: [(String, String)],
    _ language: Language
  ) -> [String: Any] {
    let filter = position.filter
    let kept = filter.fields(choiceName)
    let query = kept.isEmpty ? "" : PercentCoding.encodeForm(kept) + "&"
    var content: [String: Any] = [
      "choice_name": choiceName, "choice_label": label.text(language),
      "choices": choices.map { value, name in
        ["value": value, "name": name, "selected": value == filter.choice] as [String: Any]
      },
      "from": filter.from ?? "", "to": filter.to ?? "", "offset": filter.offset ?? "",
      "to_offset": filter.toOffset ?? "",
      "is_filtered": filter.isActive, "kept": query, "has_pages": position.pages > 1,
      "position": Phrase.page.text(
        language, ["page": String(position.page), "pages": String(position.pages)]),
      "query": query + "page=\(position.page)&",
    ]
    if position.page > 1 { content["previous_page"] = String(position.page - 1) }
    if position.page < position.pages { content["next_page"] = String(position.page + 1) }
    return content
  }
}
