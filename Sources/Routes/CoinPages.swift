import Accounts
import Controls
import Database
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Provider
import Vocabulary

/// The coin centre and the two lists.
enum CoinPages {
  /// Ledger lines on the coin centre.
  private static let recentEntries = 5

  /// The page for a signed-in user; others go to sign in first.
  static func page(
    _ call: Call, _ connection: inout Connection,
    _ render: (User, inout Connection) throws -> String
  ) throws -> Response {
    if let chosen = LanguageSwitch.response(call) { return chosen }
    guard let user = try call.user(&connection) else {
      return .redirect(to: "/login?next=" + PercentCoding.encode(call.pathAndQuery))
    }
    return .html(try render(user, &connection))
  }

  static func coin(_ call: Call, _ connection: inout Connection) throws -> Response {
    try page(call, &connection) { user, connection in
      let account = try CoinAccount.of(user.id, in: &connection)
      let entries = try LedgerEntry.list(
        of: user.id, offset: 0, limit: recentEntries, in: &connection)
      let methods = call.site.checkout.offeredMethods
      let packages = try CoinPackage.onSale(in: &connection)
      let view = CoinView(
        balance: account?.balance ?? 0, purchasedCoins: account?.purchasedCoins ?? 0,
        bonusCoins: account?.bonusCoins ?? 0,
        packages: packages.map { packageView($0, methods, call) }, methods: methods,
        unavailableMethods: call.site.checkout.unavailableMethods,
        wishKey: call.request.requestID,
        entries: entries.map { entryView($0, call) }, takesOrders: call.mode == .open)
      return call.site.renderer.coin(view, call.chrome(user))
    }
  }

  static func orders(_ call: Call, _ connection: inout Connection) throws -> Response {
    try page(call, &connection) { user, connection in
      let (filter, view) = try orderFilter(call)
      let total = try CoinOrder.count(of: user.id, filter, in: &connection)
      let slice = try ListSlice(call).inside(total)
      let packages = try CoinPackage.all(in: &connection)
      let orders = try CoinOrder.list(
        of: user.id, filter, offset: slice.offset, limit: slice.perPage, in: &connection)
      return call.site.renderer.orders(
        try orders.map { try orderView($0, packages, call, at: filter.now, &connection) },
        ListPosition(page: slice.page, pages: slice.pages(of: total), filter: view),
        call.chrome(user))
    }
  }

  static func orderFilter(_ call: Call) throws(RouteError) -> (OrderFilter, ListFilterView) {
    let filter = try ListFilter(call, "status", choices: OrderStatus.allCases.map(\.rawValue))
    return (
      OrderFilter(
        status: filter.choice.flatMap(OrderStatus.init), from: filter.from, until: filter.until,
        now: call.site.clock.now()), filter.view
    )
  }

  static func entryFilter(_ call: Call) throws(RouteError) -> (EntryFilter, ListFilterView) {
    let filter = try ListFilter(call, "kind", choices: Posting.Kind.allCases.map(\.rawValue))
    return (
      EntryFilter(
        kind: filter.choice.flatMap(Posting.Kind.init), from: filter.from, until: filter.until),
      filter.view
    )
  }

  static func transactions(_ call: Call, _ connection: inout Connection) throws -> Response {
    try page(call, &connection) { user, connection in
      let (filter, view) = try entryFilter(call)
      let total = try LedgerEntry.count(of: user.id, filter, in: &connection)
      let slice = try ListSlice(call).inside(total)
      let entries = try LedgerEntry.list(
        of: user.id, filter, offset: slice.offset, limit: slice.perPage, in: &connection)
      return call.site.renderer.transactions(
        entries.map { entryView($0, call) },
        kinds: Posting.Kind.allCases.map { ($0.rawValue, $0.name(call.language)) },
        ListPosition(page: slice.page, pages: slice.pages(of: total), filter: view),
        call.chrome(user))
    }
  }

  private static func packageView(
    _ package: CoinPackage, _ methods: [PaymentMethod], _ call: Call
  ) -> PackageView {
    let registry = call.site.checkout.registry
    let prices = methods.compactMap { method -> (PaymentMethod, Money)? in
      registry.currency(of: method).flatMap { package.price(in: $0) }.map { (method, $0) }
    }
    return PackageView(
      id: package.id, name: package.name.text(in: call.language.code), coins: package.coins,
      bonusCoins: package.bonusCoins, prices: prices)
  }

  private static func entryView(_ entry: LedgerEntry, _ call: Call) -> EntryView {
    EntryView(
      kind: entry.kind.name(call.language), coins: entry.coins, balanceAfter: entry.balanceAfter,
      reference: entry.reference, time: MomentView(entry.createdAt, zone: call.site.zone))
  }

  static func orderView(
    _ order: CoinOrder, _ packages: [CoinPackage], _ call: Call, at now: Timestamp? = nil,
    _ connection: inout Connection
  ) throws(DatabaseError) -> OrderView {
    let isPartly = order.storedStatus == .partiallyRefunded
    return orderView(
      order, packages, call, at: now,
      refunded: try isPartly ? Refund.moneyReturned(of: order, in: &connection) : nil)
  }

  static func orderView(
    _ order: CoinOrder, _ packages: [CoinPackage], _ call: Call, at now: Timestamp? = nil,
    refunded: Money? = nil
  ) -> OrderView {
    let zone = call.site.zone
    return OrderView(
      number: order.number,
      packageName: packages.first { $0.id == order.packageID }?.name.text(in: call.language.code)
        ?? "",
      coins: order.coins, bonusCoins: order.bonusCoins, amount: order.amount,
      method: order.paymentMethod, status: order.status(at: now ?? call.site.clock.now()),
      created: MomentView(order.createdAt, zone: zone),
      expires: MomentView(order.expiresAt, zone: zone),
      paid: order.paidAt.map { MomentView($0, zone: zone) }, refunded: refunded)
  }
}
