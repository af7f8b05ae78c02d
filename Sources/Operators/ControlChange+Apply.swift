public import Audit
public import Controls
public import Database
public import Vocabulary

extension ControlChange {
  /// Turns the control and records who did it and why, in one transaction.
  ///
  /// - Precondition: `problem` is nil.
  public func apply(
    by operation: Operation, on connection: inout Connection, at moment: Timestamp
  ) throws(DatabaseError) {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try write(in: &transaction, at: moment)
      let (kind, subject, details) = description(at: moment)
      try operation.record(kind, of: subject, details: details, in: &transaction, at: moment)
      return .commit(())
    }
  }

  private func description(
    at moment: Timestamp
  ) -> (OperatorAction.Kind, subject: String, details: String) {
    switch self {
    case .methodOff(let method): return (.switchMethod, method.rawValue, "off")
    case .methodOn(let method): return (.switchMethod, method.rawValue, "on")
    case .backup(let method, let backup):
      return (.switchMethod, method.rawValue, "backup \(backup?.rawValue ?? "none")")
    case .order(let methods):
      return (.orderMethods, "methods", methods.map(\.rawValue).joined(separator: " "))
    case .pause(let mode, let notice, let minutes):
      let end = minutes.map { " until \(moment.adding(seconds: $0 * 60))" } ?? ""
      return (.pause, "site", mode.rawValue + end + Self.told(notice))
    case .stopPayments(let notice): return (.stopPayments, "site", Self.told(notice))
    case .resume: return (.resume, "site", "")
    }
  }

  private static func told(_ notice: Notice?) -> String {
    notice.map { " " + $0.text.english } ?? ""
  }
}
