public import Provider
public import Reconciliation
public import Vocabulary

/// A comparison of a provider's books of one day with ours, as operators' JSON has it.
public struct RunDocument: Encodable {
  /// Nil, like the figures, when the books of the day were not compared.
  let id: Int64?
  let paymentMethod: String
  let day: String
  let state: String
  let cause: String?
  let lines: Int64?
  let matched: Int64?
  /// Lines of other software on the same account.
  let foreign: Int64?
  /// By kind, those that are none included.
  let differences: [String: Int64]?
  let open: Int64?
  let startedAt: String?
  let completedAt: String?

  enum CodingKeys: String, CodingKey {
    case id, day, state, cause, lines, matched, foreign, differences, open
    case paymentMethod = "payment_method"
    case startedAt = "started_at"
    case completedAt = "completed_at"
  }

  public init(_ run: ReconciliationRun, _ zone: TimeZoneOffset) {
    id = run.id
    paymentMethod = run.provider.rawValue
    day = run.day.description
    state = run.state.rawValue
    cause = run.cause
    lines = run.lines
    matched = run.matched
    foreign = run.foreign
    differences = Dictionary(
      uniqueKeysWithValues: Difference.allCases.map { ($0.rawValue, run.differences[$0] ?? 0) })
    open = run.open
    startedAt = zone.rfc3339(run.startedAt)
    completedAt = run.completedAt.map(zone.rfc3339)
  }

  /// A day that was not compared, with the reason.
  public init(_ method: PaymentMethod, _ day: BookDay, state: String, cause: String? = nil) {
    id = nil
    paymentMethod = method.rawValue
    self.day = day.description
    self.state = state
    self.cause = cause
    (lines, matched, foreign, differences, open) = (nil, nil, nil, nil, nil)
    (startedAt, completedAt) = (nil, nil)
  }
}
