import Database
public import Vocabulary

/// How much a user may order, against theft of accounts and mistakes. Money that was paid is never
/// held up by a limit.
public struct PurchaseLimits: Hashable, Sendable {
  /// Orders of one user that wait to be paid at the same time.
  public var pendingOrdersMax: Int64 = 5
  /// Orders of one user and local day that were paid or wait to be.
  public var dailyOrdersMax: Int64 = 100
  /// What these orders may cost together, in minor units by currency; unbounded where none is set.
  public var dailyAmountsMax: [Currency: Int64] = [:]
  /// Orders that one user may cancel in an hour.
  public var hourlyCancelsMax: Int64 = 20
  /// Calls to providers that one user may cause in a minute.
  public var providerCallsMax = 60
  /// The smallest and largest price of an order by method, in minor units.
  public var amounts: [PaymentMethod: ClosedRange<Int64>] = [:]

  public init() {}

  /// Longest life of an order, which bounds how far back pending ones are looked for.
  static let lookBackSeconds: Int64 = 2 * 86_400
  static let hour = Schedule(longestPauseSeconds: 3_600)
}

/// Which limit stands in the way.
public enum PurchaseLimit: Hashable, Sendable {
  case pendingOrders(max: Int64)
  case dailyOrders(max: Int64, untilSeconds: Int64)
  case dailyAmount(untilSeconds: Int64)
  case cancels(max: Int64)
  case amount
  /// Payments of one order that may still be paid.
  case openPayments(max: Int)
  /// Changes of one order's method.
  case methodChanges(max: Int)
  /// Calls to providers that one user causes.
  case providerCalls(untilSeconds: Int64)
}

/// What a user has done of late.
struct RecentOrders {
  let pending: Int64
  let today: Int64
  /// In minor units of the currency that was asked for.
  let amountToday: Int64
  let cancelledInHour: Int64

  /// Reads the figures while the user is locked, so that two orders at once are counted one after
  /// the other.
  ///
  /// - Parameter except: an order that is not counted, since it is about to be priced anew.
  static func locked(
    of userID: UserID, currency: Currency, except: OrderID? = nil, dayStart: Timestamp,
    at moment: Timestamp, in transaction: inout Transaction
  ) throws(DatabaseError) -> RecentOrders {
    _ = try transaction.first(
      "SELECT id FROM users WHERE id = \(userID) FOR UPDATE", as: Int64.self)
    let isLongAgo = PurchaseLimits.hour.isOver(since: "updated_at", at: moment)
    let lookBack = moment.adding(seconds: -PurchaseLimits.lookBackSeconds)
    let row = try transaction.first(
      """
      SELECT CAST(COALESCE(SUM(pending), 0) AS SIGNED),
        CAST(COALESCE(SUM(pending OR paid_today), 0) AS SIGNED),
        CAST(COALESCE(SUM(IF((pending OR paid_today) AND currency = \(currency), amount, 0)), 0)
          AS SIGNED),
        CAST(COALESCE(SUM(cancelled), 0) AS SIGNED)
      FROM (SELECT amount, currency, status = 'PENDING' AND expires_at > \(moment) AS pending,
          COALESCE(paid_at >= \(dayStart), FALSE) AS paid_today,
          status = 'CANCELLED' AND NOT \(isLongAgo) AS cancelled
        FROM coin_orders WHERE user_id = \(userID) AND created_at > \(lookBack)
          AND NOT (id <=> \(except))) recent
      """, as: (Int64, Int64, Int64, Int64).self)
    return RecentOrders(
      pending: row?.0 ?? 0, today: row?.1 ?? 0, amountToday: row?.2 ?? 0,
      cancelledInHour: row?.3 ?? 0)
  }
}

extension PurchaseLimits {
  /// The limit that a new order would break, or nil.
  ///
  /// - Parameter untilSeconds: until the local day ends.
  func broken(
    by amount: Money, _ method: PaymentMethod, _ recent: RecentOrders, untilSeconds: Int64
  ) -> PurchaseLimit? {
    if let limit = broken(by: amount, method) { return limit }
    if recent.pending >= pendingOrdersMax { return .pendingOrders(max: pendingOrdersMax) }
    if recent.today >= dailyOrdersMax {
      return .dailyOrders(max: dailyOrdersMax, untilSeconds: untilSeconds)
    }
    if let largest = dailyAmountsMax[amount.currency],
      recent.amountToday + amount.minorUnits > largest
    {
      return .dailyAmount(untilSeconds: untilSeconds)
    }
    return nil
  }

  /// Whether a price is within the bounds of a method.
  func broken(by amount: Money, _ method: PaymentMethod) -> PurchaseLimit? {
    guard let bounds = amounts[method], !bounds.contains(amount.minorUnits) else { return nil }
    return .amount
  }
}
