public import Accounts
public import AdminPages
public import Crypto
public import HTTP
public import Payments
public import Routes
public import Vocabulary

/// The operators' console: its pages under `/admin` and the API under `/api/admin`, over one set of
/// domain calls.
public struct AdminConsole: Sendable {
  /// Who has to prove more than a password.
  public struct Rules: Sendable {
    /// Whether operators and administrators have to enrol a second factor before anything works. Whoever
    /// is enrolled has to give a code in any case.
    public let requiresSecondFactor: Bool
    /// Which payments one operator may not confirm alone.
    public let twoPersons: TwoPersonRule
    /// What becomes of the coins of a refund unless the operator chooses otherwise.
    public let refund: RefundRule
    /// What one operator may do alone.
    public let operators: OperatorRule

    public init(
      requiresSecondFactor: Bool, twoPersons: TwoPersonRule, refund: RefundRule,
      operators: OperatorRule
    ) {
      self.requiresSecondFactor = requiresSecondFactor
      self.twoPersons = twoPersons
      self.refund = refund
      self.operators = operators
    }
  }

  /// A setting in force as people read it, without secrets.
  public struct Setting: Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  let renderer: ConsoleRenderer
  let secondFactor: SecondFactorDesk
  let caretaker: Caretaker
  let keyRing: KeyRing
  let rules: Rules
  let settings: [Setting]

  /// - Parameters:
  ///   - caretaker: asks providers.
  ///   - keyRing: opens notifications.
  public init(
    renderer: ConsoleRenderer, secondFactor: SecondFactorDesk, caretaker: Caretaker,
    keyRing: KeyRing,
    rules: Rules, settings: [Setting]
  ) {
    self.renderer = renderer
    self.secondFactor = secondFactor
    self.caretaker = caretaker
    self.keyRing = keyRing
    self.rules = rules
    self.settings = settings
  }

  var confirmations: ConfirmationDesk {
    ConfirmationDesk(caretaker: caretaker, rule: rules.twoPersons, operators: rules.operators)
  }

  func refunds(_ site: Site) -> RefundDesk {
    RefundDesk(registry: site.checkout.registry, clock: site.clock, rule: rules.operators)
  }

  /// Every address of the console, for the site's router.
  public var routes: [Route<Endpoint>] { AdminRouteTable.all.map { $0.route(of: self) } }
}
