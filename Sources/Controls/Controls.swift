public import Vocabulary

/// The emergency controls as they are at one moment.
public struct Controls: Hashable, Sendable {
  public let switchedMode: SiteMode
  /// When the mode ends by itself; nil for not before somebody ends it.
  public let until: Timestamp?
  public let notice: Notice?
  /// Nothing settles: events are stored and wait, and nobody asks providers.
  public let settlementIsStopped: Bool
  let methods: [MethodControl]

  /// Nothing is switched.
  public static let untouched = Controls()

  public init(
    switchedMode: SiteMode = .open, until: Timestamp? = nil, notice: Notice? = nil,
    settlementIsStopped: Bool = false, methods: [MethodControl] = []
  ) {
    self.switchedMode = switchedMode
    self.until = until
    self.notice = notice
    self.settlementIsStopped = settlementIsStopped
    self.methods = methods
  }

  /// What users may do at a moment.
  public func mode(at moment: Timestamp) -> SiteMode {
    if let until, moment >= until { return .open }
    return switchedMode
  }

  public func isOff(_ method: PaymentMethod) -> Bool { control(of: method).isOff }

  public var methodsOff: [PaymentMethod] { methods.filter(\.isOff).map(\.method) }

  /// What was decided about a method; the standard when nothing was.
  public func control(of method: PaymentMethod) -> MethodControl {
    methods.first { $0.method == method } ?? MethodControl(method: method)
  }

  /// The methods to offer, in order. The backup of a method that cannot be used takes its place.
  ///
  /// - Parameters:
  ///   - configured: all methods of the site, in its own order.
  ///   - usable: those among them whose providers work.
  public func offer(
    _ configured: [PaymentMethod], usable: [PaymentMethod]
  ) -> [PaymentMethod] {
    let works = Set(usable.filter { !isOff($0) })
    var offered: [PaymentMethod] = []
    for method in arranged(configured) {
      let choice = works.contains(method) ? method : control(of: method).backup
      if let choice, works.contains(choice), !offered.contains(choice) { offered.append(choice) }
    }
    return offered
  }

  /// What a user may choose who wanted a method that cannot be used: its backup first.
  public func alternatives(
    to method: PaymentMethod, among offered: [PaymentMethod]
  ) -> [PaymentMethod] {
    let others = offered.filter { $0 != method }
    guard let backup = control(of: method).backup, others.contains(backup) else { return others }
    return [backup] + others.filter { $0 != backup }
  }

  /// Methods with a place first; the others keep the order of the site.
  public func arranged(_ configured: [PaymentMethod]) -> [PaymentMethod] {
    configured.enumerated().sorted { left, right in
      let places = [left, right].map { control(of: $0.element).position ?? .max }
      return (places[0], left.offset) < (places[1], right.offset)
    }.map(\.element)
  }
}
