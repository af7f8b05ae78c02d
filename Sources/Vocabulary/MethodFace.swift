/// A payment method as people see it.
public struct MethodFace: Sendable {
  public let method: PaymentMethod
  public let name: LocalText
  /// What the button says that goes to where it is paid.
  public let goOn: LocalText
  /// What stands below a code to scan.
  public let scan: LocalText
  /// The colour of its dot, as SVG writes it: `#1677ff`.
  public let colour: String
  /// Whether a payment begins only when its page asks for it, since the page shows the provider's fields.
  public let beginsOnPage: Bool
  /// Whether its page hands over to an app, which browsers inside other apps keep it from.
  public let opensApp: Bool
  /// Whether it moves no money, so that only development has it.
  public let isPlayed: Bool

  public init(
    method: PaymentMethod, name: LocalText, goOn: LocalText, scan: LocalText? = nil, colour: String,
    beginsOnPage: Bool = false, opensApp: Bool = false, isPlayed: Bool = false
  ) {
    self.method = method
    self.name = name
    self.goOn = goOn
    self.scan = scan ?? goOn
    self.colour = colour
    self.beginsOnPage = beginsOnPage
    self.opensApp = opensApp
    self.isPlayed = isPlayed
  }
}

/// The payment methods that this version knows, configured or not, in the order in which to offer them.
public struct MethodFaces: Sendable {
  public let all: [MethodFace]

  public init(_ all: [MethodFace]) { self.all = all }

  public subscript(method: PaymentMethod) -> MethodFace? { all.first { $0.method == method } }

  public var methods: [PaymentMethod] { all.map(\.method) }

  /// Those that move money.
  public var real: [PaymentMethod] { all.filter { !$0.isPlayed }.map(\.method) }

  /// The method that somebody named exactly; nil when there is none.
  public func method(named text: String) -> PaymentMethod? { methods.first { $0.rawValue == text } }
}
