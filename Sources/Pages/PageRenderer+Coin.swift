import Vocabulary

extension PageRenderer {
  public func coin(_ view: CoinView, _ chrome: Chrome) -> String {
    // The first that the method which is chosen at first sells, so that the form can be sent as it is.
    let first = view.packages.firstIndex { package in
      package.prices.contains { $0.method == view.methods.first }
    }
    let packages = view.packages.enumerated().map { index, package in
      self.package(package, isChosen: index == first, view.methods)
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
        "entries": entries(view.entries), "has_entries": !view.entries.isEmpty,
      ])
  }

  private func package(
    _ package: PackageView, isChosen: Bool, _ methods: [PaymentMethod]
  ) -> [String: Any] {
    let notFor = methods.filter { method in !package.prices.contains { $0.method == method } }
    func place(_ method: PaymentMethod) -> Any { methods.firstIndex(of: method) ?? false as Any }
    return [
      "id": String(package.id.value), "name": package.name, "coins": Names.coins(package.coins),
      "bonus": package.bonusCoins > 0 ? Names.coins(package.bonusCoins) as Any : false,
      "checked": isChosen, "unsold": package.prices.isEmpty && !methods.isEmpty,
      "not_for": notFor.map { ["method": $0.rawValue, "place": place($0)] as [String: Any] },
      "prices": package.prices.map {
        [
          "method": $0.method.rawValue, "place": place($0.method), "price": $0.price.display,
        ] as [String: Any]
      },
    ]
  }

  /// - Parameter prices: what is shown beside the names.
  func methods(
    _ methods: [PaymentMethod], _ language: Language, prices: [PaymentMethod: Money] = [:]
  ) -> [[String: Any]] {
    methods.enumerated().map { index, method in
      [
        "id": method.rawValue, "name": faces.name(method, language), "checked": index == 0,
        "place": index,
        "colour": faces[method]?.colour ?? false as Any,
        "price": prices[method]?.display ?? false as Any,
      ]
    }
  }

  func entries(_ entries: [EntryView]) -> [[String: Any]] {
    entries.map { entry in
      [
        "kind": entry.kind,
        "change": (entry.coins > 0 ? "+" : "") + Names.coins(entry.coins),
        "is_credit": entry.coins > 0, "balance": Names.coins(entry.balanceAfter),
        "reference": entry.reference, "time": entry.time.human, "datetime": entry.time.machine,
      ]
    }
  }
}
