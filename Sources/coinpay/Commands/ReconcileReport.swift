import ArgumentParser
import FoundationEssentials
import Provider
import Reconciliation
import Vocabulary

/// What a call of `coinpay reconcile` came to.
struct ReconcileReport {
  struct Day: Encodable {
    let provider: String
    let day: String
    /// `COMPLETE`, `NOT_READY`, `FAILED` or `BUSY`
    let state: String
    var cause: String?
    var run: Int64?
    var lines: Int64?
    var matched: Int64?
    var differences: [String: Int64]?
    var open: Int64?
  }

  private var days: [Day] = []
  private var isFailed = false
  private var isEarly = false
  private var hasOpen = false

  mutating func add(_ method: PaymentMethod, _ day: BookDay, _ outcome: ReconciliationOutcome) {
    func entry(_ state: String) -> Day {
      Day(provider: method.rawValue, day: day.description, state: state)
    }
    switch outcome {
    case .complete(let run):
      days.append(Day(run))
      hasOpen = hasOpen || run.open > 0
    case .notReady:
      days.append(entry("NOT_READY"))
      isEarly = true
      Console.complain("the books of \(method) of \(day) are not there yet; try again later")
    case .busy:
      days.append(entry("BUSY"))
      isEarly = true
      Console.complain("\(method) \(day) is being compared by somebody else; try again later")
    case .failed(let cause):
      var failed = entry("FAILED")
      failed.cause = cause.description
      days.append(failed)
      isFailed = true
      Console.complain("the books of \(method) of \(day) could not be read to their end: \(cause)")
    }
  }

  /// Prints the result and ends with the exit code that belongs to it.
  func tell(asJSON: Bool) throws {
    if asJSON {
      try Console.sayJSON(["runs": days])
    } else {
      for day in days where day.state == "COMPLETE" { Console.say(day.text) }
      if days.isEmpty { Console.say("nothing is left to be compared") }
    }
    if isFailed { throw ExitCode.failure }
    if isEarly { throw ExitCode.temporaryFailure }
    if hasOpen { throw ExitCode.failure }
  }
}

extension ReconcileReport.Day {
  init(_ run: ReconciliationRun) {
    self.init(
      provider: run.provider.rawValue, day: run.day.description, state: run.state.rawValue,
      cause: run.cause, run: run.id, lines: run.lines, matched: run.matched,
      differences: Dictionary(
        uniqueKeysWithValues: Difference.allCases.map {
          ($0.rawValue, run.differences[$0] ?? 0)
        }), open: run.open)
  }

  /// One line for people.
  var text: String {
    let counts = Difference.allCases.map { "\($0.rawValue) \(differences?[$0.rawValue] ?? 0)" }
    return "run \(run ?? 0)  \(provider)  \(day)  \(state)  \(lines ?? 0) lines  "
      + "\(matched ?? 0) matched  \(counts.joined(separator: "  "))  \(open ?? 0) open"
      + (cause.map { "  \($0)" } ?? "")
  }
}
