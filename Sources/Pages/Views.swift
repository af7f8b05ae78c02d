public import Vocabulary

/// A moment as machines and as people read it.
public struct MomentView: Sendable {
  public let machine: String
  public let human: String

  /// - Parameter zone: the site's time zone.
  public init(_ moment: Timestamp, zone: TimeZoneOffset) {
    let calendar = zone.calendar(moment)
    machine = zone.rfc3339(moment)
    human = "\(calendar.date) \(calendar.clock)"
  }
}

/// A package on the coin centre.
public struct PackageView: Sendable {
  let id: PackageID
  let name: String
  let coins: Int64
  let bonusCoins: Int64
  let prices: [(method: PaymentMethod, price: Money)]

  public init(
    id: PackageID, name: String, coins: Int64, bonusCoins: Int64,
    prices: [(method: PaymentMethod, price: Money)]
  ) {
    self.id = id
    self.name = name
    self.coins = coins
    self.bonusCoins = bonusCoins
    self.prices = prices
  }
}

/// A line of a user's ledger.
public struct EntryView: Sendable {
  /// In the reader's language.
  let kind: String
  let coins: Int64
  let balanceAfter: Int64
  let reference: String
  let time: MomentView

  public init(
    kind: String, coins: Int64, balanceAfter: Int64, reference: String, time: MomentView
  ) {
    self.kind = kind
    self.coins = coins
    self.balanceAfter = balanceAfter
    self.reference = reference
    self.time = time
  }
}

public struct CoinView: Sendable {
  let balance: Int64
  let purchasedCoins: Int64
  let bonusCoins: Int64
  let packages: [PackageView]
  let methods: [PaymentMethod]
  /// Offered in general, but not now.
  let unavailableMethods: [PaymentMethod]
  /// Names this view of the form: sent twice, it makes one order.
  let wishKey: String
  let entries: [EntryView]
  /// False while operators have paused new orders.
  let takesOrders: Bool

  public init(
    balance: Int64, purchasedCoins: Int64, bonusCoins: Int64, packages: [PackageView],
    methods: [PaymentMethod], unavailableMethods: [PaymentMethod] = [], wishKey: String,
    entries: [EntryView], takesOrders: Bool = true
  ) {
    self.balance = balance
    self.purchasedCoins = purchasedCoins
    self.bonusCoins = bonusCoins
    self.packages = packages
    self.methods = methods
    self.unavailableMethods = unavailableMethods
    self.wishKey = wishKey
    self.entries = entries
    self.takesOrders = takesOrders
  }
}

/// One of a user's orders.
public struct OrderView: Sendable {
  let number: OrderNumber
  let packageName: String
  let coins: Int64
  let bonusCoins: Int64
  let amount: Money
  let method: PaymentMethod
  let status: OrderStatus
  let created: MomentView
  let expires: MomentView
  let paid: MomentView?
  /// Given back so far, while that is a part of what was paid.
  let refunded: Money?

  public init(
    number: OrderNumber, packageName: String, coins: Int64, bonusCoins: Int64, amount: Money,
    method: PaymentMethod, status: OrderStatus, created: MomentView, expires: MomentView,
    paid: MomentView?, refunded: Money? = nil
  ) {
    self.number = number
    self.packageName = packageName
    self.coins = coins
    self.bonusCoins = bonusCoins
    self.amount = amount
    self.method = method
    self.status = status
    self.created = created
    self.expires = expires
    self.paid = paid
    self.refunded = refunded
  }
}
