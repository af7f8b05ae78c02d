public import Vocabulary

/// One page of a longer list, and what was asked of it.
public struct ListPosition: Sendable {
  public let page: Int
  public let pages: Int
  let filter: ListFilterView

  public init(page: Int, pages: Int, filter: ListFilterView = ListFilterView()) {
    self.page = page
    self.pages = pages
    self.filter = filter
  }
}

/// What a list was narrowed down to, as the reader wrote it.
public struct ListFilterView: Sendable {
  /// The value of `status` or `kind`.
  let choice: String?
  /// First and last day, `2026-01-31`.
  let from: String?
  let to: String?
  /// Minutes east of UTC in which the days are meant, and in which the last of them ends.
  let offset: String?
  let toOffset: String?

  public init(
    choice: String? = nil, from: String? = nil, to: String? = nil, offset: String? = nil,
    toOffset: String? = nil
  ) {
    self.choice = choice
    self.from = from
    self.to = to
    self.offset = offset
    self.toOffset = toOffset
  }

  var isActive: Bool { choice != nil || from != nil || to != nil }

  /// The parts that are there, by the names of the form's fields.
  /// - Parameter choiceName: `status` or `kind`.
  func fields(_ choiceName: String) -> [(name: String, value: String)] {
    [
      (choiceName, choice), ("from", from), ("to", to), ("offset", offset),
      ("to_offset", toOffset),
    ].compactMap { name, value in value.map { (name: name, value: $0) } }
  }
}

/// The proof of a payment that a user can print.
public struct ReceiptView: Sendable {
  let order: OrderView
  let username: String
  /// The number at the payment provider; nil when it gave none.
  let providerNumber: String?
  /// Given back so far; nil when nothing was.
  let refunded: Money?

  public init(order: OrderView, username: String, providerNumber: String?, refunded: Money?) {
    self.order = order
    self.username = username
    self.providerNumber = providerNumber
    self.refunded = refunded
  }
}

/// A user's own account.
public struct AccountView: Sendable {
  let username: String
  let registered: MomentView?
  let balance: Int64
  let purchasedCoins: Int64
  let bonusCoins: Int64
  let sessions: [Session]
  /// Whether the password has to be given again before sessions are ended.
  let asksForPassword: Bool

  /// A browser that the user is signed in with.
  public struct Session: Sendable {
    let id: String
    let device: String
    let lastUsed: MomentView
    let isCurrent: Bool

    public init(id: String, device: String, lastUsed: MomentView, isCurrent: Bool) {
      self.id = id
      self.device = device
      self.lastUsed = lastUsed
      self.isCurrent = isCurrent
    }
  }

  public init(
    username: String, registered: MomentView?, balance: Int64, purchasedCoins: Int64,
    bonusCoins: Int64, sessions: [Session], asksForPassword: Bool
  ) {
    self.sessions = sessions
    self.asksForPassword = asksForPassword
    self.username = username
    self.registered = registered
    self.balance = balance
    self.purchasedCoins = purchasedCoins
    self.bonusCoins = bonusCoins
  }
}
