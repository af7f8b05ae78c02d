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
        "unavailable_methods": methods(view.unavailableMethods, chrome.language),
        "can_buy": view.takesOrders && !packages.isEmpty && !view.methods.isEmpty,
        "wish_key": view.wishKey,
        "entries": entries(view.entries, chrome.language), "has_entries": !view.entries.isEmpty,
      ])
  }

  private func package(_ package: PackageView, isFirst: Bool) -> [String: Any] {
    [
      "id": String(package.id.value), "name": package.name, "coins": Names.coins(package.coins),
      "bonus": package.bonusCoins > 0 ? Names.coins(package.bonusCoins) as Any : false,
      "checked": isFirst,
      "prices": package.prices.map {
        ["method": $0.method.rawValue, "price": $0.price.display] as [String: Any]
      },
    ]
  }

  func methods(_ methods: [PaymentMethod], _ language: Language) -> [[String: Any]] {
    methods.enumerated().map { index, method in
      [
        "id": method.rawValue, "name": Names.method(method, language), "checked": index == 0,
        "lower": method.rawValue.lowercased(),
      ]
    }
  }

  func entries(_ entries: [EntryView], _ language: Language) -> [[String: Any]] {
    entries.map { entry in
      [
        "kind": Names.entryKind(entry.kind, language),
        "change": (entry.coins > 0 ? "+" : "") + Names.coins(entry.coins),
        "is_credit": entry.coins > 0, "balance": Names.coins(entry.balanceAfter),
        "reference": entry.reference, "time": entry.time.human, "datetime": entry.time.machine,
      ]
    }
  }
}
