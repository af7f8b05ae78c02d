import Accounts
import Database
import HTTP
import Ledger
import Orders
import Pages
import Payments
import Vocabulary

/// A user's account, and the receipts of what was paid.
enum OwnPages {
  /// `GET /coin/account`
  static func account(_ call: Call, _ connection: inout Connection) throws -> Response {
    try CoinPages.page(call, &connection) { user, connection in
      let account = try CoinAccount.of(user.id, in: &connection)
      let sessions = try call.site.accounts.sessions(
        of: user.id, token: call.sessionToken ?? "", on: &connection)
      let session = try call.site.accounts.session(
        token: call.sessionToken ?? "", on: &connection)
      let registered = try call.site.accounts.registeredAt(user.id, on: &connection)
      let view = AccountView(
        username: user.username,
        registered: registered.map { MomentView($0, zone: call.site.zone) },
        balance: account?.balance ?? 0, purchasedCoins: account?.purchasedCoins ?? 0,
        bonusCoins: account?.bonusCoins ?? 0,
        sessions: sessions.map {
          AccountView.Session(
            id: $0.name, device: $0.device,
            lastUsed: MomentView($0.lastSeenAt, zone: call.site.zone), isCurrent: $0.isCurrent)
        },
        asksForPassword: session?.isFresh(at: call.site.clock.now()) != true)
      return call.site.renderer.account(view, call.chrome(user))
    }
  }

  /// `GET /coin/orders/{order_no}/receipt`, for orders that were paid.
  static func receipt(_ call: Call, _ connection: inout Connection) throws -> Response {
    try CoinPages.page(call, &connection) { user, connection in
      guard let order = try CoinOrder.find(call.orderNumber(), of: user.id, in: &connection),
        order.paidAt != nil
      else { throw RouteError(.orderNotFound) }
      let payments = try Payment.list(of: order.id, in: &connection)
      let paid = payments.first { $0.facts.status == .succeeded }
      let refunded = try paid.flatMap { try Refund.moneyReturned(of: $0, in: &connection) }
      let packages = try CoinPackage.all(in: &connection)
      let view = ReceiptView(
        order: CoinPages.orderView(order, packages, call), username: user.username,
        providerNumber: paid?.facts.providerTransactionID, refunded: refunded)
      return call.site.renderer.receipt(view, call.chrome(user))
    }
  }
}
