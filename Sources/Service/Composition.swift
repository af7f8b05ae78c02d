import Accounts
import AdminPages
import AdminRoutes
import Controls
import Crypto
import Database
import Logging
import Pages
import Payments
import Reconciliation
import Routes
import Schema
import Vocabulary

/// The parts that act on orders and payments, put together from the settings in one place for the worker
/// and for commands.
struct Composition {
  let settings: Settings
  let registry: ProviderRegistry
  let settlement: SettlementDesk
  let caretaker: Caretaker
  let logger: Logger

  /// - Parameter recorder: writes calls to providers down; nil where none is made.
  /// - Throws: `KeyError` when a certificate cannot be used.
  init(_ settings: Settings, logger: Logger, recorder: CallRecorder? = nil) throws(KeyError) {
    self.settings = settings
    self.logger = logger
    registry = try Registry.providers(settings, logger: logger, recorder: recorder)
    settlement = SettlementDesk(
      keyRing: settings.keyRing, clock: SystemTime.clock, logger: logger,
      rules: settings.settlementRules)
    caretaker = Caretaker(
      registry: registry, desk: settlement, clock: SystemTime.clock, logger: logger)
  }

  var refunds: RefundDesk {
    RefundDesk(registry: registry, clock: SystemTime.clock, rule: settings.operatorRule)
  }

  var reconciler: Reconciler {
    Reconciler(desk: settlement, clock: SystemTime.clock, logger: logger)
  }

  /// The site: what answers every request.
  ///
  /// - Parameters:
  ///   - settlements: takes what notifications bring.
  ///   - controls: what operators have paused.
  ///   - metrics: what monitoring is told.
  func site(
    settlements: SettlementQueue, controls: ControlsBoard,
    metrics: @escaping @Sendable (inout Connection) -> String
  ) throws -> Site {
    let checkout = Checkout(
      registry: registry, keyRing: settings.keyRing, clock: SystemTime.clock, zone: settings.zone,
      orderTTLSeconds: settings.orderTTLSeconds, baseURL: settings.baseURL,
      settlements: settlements, logger: logger, limits: settings.purchaseLimits,
      controls: controls, threads: settings.webThreads)
    let accounts = try AccountDesk(
      sessionKey: settings.sessionKey, clock: SystemTime.clock,
      reservedNames: Registry.reservedNames)
    let console = try console(accounts)
    return try Site(
      facts: Site.Facts(baseURL: settings.baseURL, isDevelopment: settings.isDevelopment),
      accounts: accounts, emails: EmailDesk(keyRing: settings.keyRing),
      checkout: checkout, settlements: settlements,
      renderer: try PageRenderer(faces: Registry.faces),
      probes: ProbeSeal(sessionKey: settings.sessionKey),
      clock: SystemTime.clock, zone: settings.zone, logger: logger,
      furtherRoutes: console.routes, furtherErrorPage: console.errorPage,
      isSchemaCurrent: { (connection) throws(DatabaseError) in
        try Migrator().isUsable(&connection)
      },
      metrics: metrics)
  }

  private func console(_ accounts: AccountDesk) throws -> AdminConsole {
    AdminConsole(
      renderer: try ConsoleRenderer(),
      secondFactor: SecondFactorDesk(accounts: accounts, keyRing: settings.keyRing),
      caretaker: caretaker, keyRing: settings.keyRing,
      rules: AdminConsole.Rules(
        requiresSecondFactor: settings.requiresSecondFactor,
        twoPersons: settings.twoPersonRule, refund: settings.settlementRules.refund,
        operators: settings.operatorRule),
      settings: settings.lines.map { AdminConsole.Setting($0.name, $0.value) })
  }
}
