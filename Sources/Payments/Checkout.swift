public import Controls
public import Crypto
public import Database
public import Logging
public import Orders
public import Provider
public import Vocabulary

/// An order together with the payment by which its user goes on.
public struct OrderCheckout: Sendable {
  public let order: CoinOrder
  public let payment: Payment
  /// Nil when the payment has not come into being at the provider.
  public let presentation: Presentation?
}

/// What came of a wish to pay.
public enum CheckoutOutcome: Sendable {
  case ready(OrderCheckout)
  case packageNotFound
  case orderNotFound
  /// No such method is configured.
  case methodNotOffered
  /// The method is, but what is to be paid has no price in its currency.
  case notPricedForMethod
  /// Operators have paused new orders.
  case ordersPaused
  /// The provider cannot be used now, or operators have switched it off; nobody was charged.
  case methodUnavailable
  /// Another request brings the payment into being at its provider at this moment.
  case beingMade
  /// The idempotency key belongs to another request.
  case keyReused
  /// A limit on purchases stands in the way.
  case limitReached(PurchaseLimit)
  /// The order is in a state in which it cannot be paid.
  case notPayable(OrderStatus)
}

/// Makes orders and their payments. Calls providers only between transactions.
public struct Checkout: Sendable {
  public let registry: ProviderRegistry
  let seal: PresentationSeal
  let startSeal: StartRequestSeal
  let turns: StartTurns
  let budget: CallBudget
  let clock: WallClock
  let zone: TimeZoneOffset
  let orderTTLSeconds: Int64
  /// `https://shop.example`, without a slash at the end.
  let baseURL: String
  let settlements: SettlementQueue
  let logger: Logger
  var log: CheckoutLog { CheckoutLog(logger: logger) }
  let limits: PurchaseLimits
  public let controls: ControlsBoard
  let newOrderNumber: @Sendable (CalendarTime) -> OrderNumber

  /// Fresh order numbers tried when one is taken already.
  static let orderNumberAttemptsMax = 8

  /// Threads that answer buyers, unless told otherwise.
  public static let threadsStandard = 16

  /// - Parameters:
  ///   - threads: how many answer buyers; requests that wait for another take only a part of them.
  ///   - newOrderNumber: gives a number for a local date; the system's CSPRNG unless a test wants a
  ///     collision.
  public init(
    registry: ProviderRegistry, keyRing: KeyRing, clock: WallClock, zone: TimeZoneOffset,
    orderTTLSeconds: Int64, baseURL: String, settlements: SettlementQueue, logger: Logger,
    limits: PurchaseLimits = PurchaseLimits(), controls: ControlsBoard = ControlsBoard(),
    threads: Int = Checkout.threadsStandard,
    newOrderNumber: @escaping @Sendable (CalendarTime) -> OrderNumber = Checkout.randomOrderNumber
  ) {
    self.registry = registry
    seal = PresentationSeal(keyRing: keyRing)
    startSeal = StartRequestSeal(keyRing: keyRing)
    budget = CallBudget(callsMax: limits.providerCallsMax)
    self.clock = clock
    self.zone = zone
    self.orderTTLSeconds = orderTTLSeconds
    self.baseURL = baseURL
    self.settlements = settlements
    self.logger = logger
    self.limits = limits
    self.controls = controls
    turns = StartTurns(threads: threads)
    self.newOrderNumber = newOrderNumber
  }

  /// A number that nobody can guess.
  @Sendable public static func randomOrderNumber(_ date: CalendarTime) -> OrderNumber {
    var generator = SystemRandomNumberGenerator()
    return OrderNumber(date: date, using: &generator)
  }

  /// The methods that take new payments at this moment, in the order in which to offer them.
  public var offeredMethods: [PaymentMethod] {
    controls.current.offer(registry.methods, usable: registry.availableMethods)
  }

  /// The configured methods that take none.
  public var unavailableMethods: [PaymentMethod] {
    let offered = offeredMethods
    return registry.methods.filter { !offered.contains($0) }
  }

  /// What to offer to a user whose method cannot be used: its backup first.
  public func alternatives(to method: PaymentMethod) -> [PaymentMethod] {
    controls.current.alternatives(to: method, among: offeredMethods)
  }

  /// Whether a provider takes new payments.
  func takesPayments(_ provider: any PaymentProvider) -> Bool {
    provider.isAvailable && !controls.current.isOff(provider.method)
  }

  /// The presentation of a payment, for its owner only.
  public func presentation(of payment: Payment) -> Presentation? {
    payment.presentation.flatMap { seal.open($0, outTradeNo: payment.outTradeNo) }
  }

  /// The payment that a user would go on with: the latest that is open, else the latest.
  public func currentPayment(
    of order: CoinOrder, on connection: inout Connection
  ) throws(DatabaseError) -> Payment? {
    Checkout.currentPayment(among: try Payment.list(of: order.id, in: &connection))
  }

  /// - Parameter payments: of one order, oldest first.
  public static func currentPayment(among payments: [Payment]) -> Payment? {
    payments.last { $0.facts.isOpen } ?? payments.last
  }
}
