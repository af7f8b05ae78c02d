import ArgumentParser
import Documents
import Provider
import Reconciliation
import Vocabulary

/// What a call of `coinpay reconcile` came to.
struct ReconcileReport {
  let zone: TimeZoneOffset
  private var documents: [RunDocument] = []
  private var lines: [String] = []
  private var isFailed = false
  private var isEarly = false
  private var hasOpen = false

  init(zone: TimeZoneOffset) { self.zone = zone }

  mutating func add(_ method: PaymentMethod, _ day: BookDay, _ outcome: ReconciliationOutcome) {
    func note(_ state: String, cause: String? = nil) {
      documents.append(RunDocument(method, day, state: state, cause: cause))
    }
    switch outcome {
    case .complete(let run):
      documents.append(RunDocument(run, zone))
      lines.append(run.text)
      // A cause of a run that came to its end names the lines that nobody could read.
      hasOpen = hasOpen || run.open > 0 || run.cause != nil
    case .notReady:
      note("NOT_READY")
      isEarly = true
      Console.complain("the books of \(method) of \(day) are not there yet; try again later")
    case .busy:
      note("BUSY")
      isEarly = true
      Console.complain("\(method) \(day) is being compared by somebody else; try again later")
    case .failed(let cause):
      note("FAILED", cause: cause.description)
      isFailed = true
      Console.complain("the books of \(method) of \(day) could not be read to their end: \(cause)")
    }
  }

  /// Prints the result and ends with the exit code that belongs to it.
  func tell(asJSON: Bool) throws {
    if asJSON {
      Console.sayJSON(["runs": documents])
    } else {
      for line in lines { Console.say(line) }
      if documents.isEmpty { Console.say("nothing is left to be compared") }
    }
    if isFailed { throw ExitCode.failure }
    if isEarly { throw ExitCode.temporaryFailure }
    if hasOpen { throw ExitCode.failure }
  }
}

extension ReconciliationRun {
  /// One line for people.
  var text: String {
    let counts = Difference.allCases.map { "\($0.rawValue) \(differences[$0] ?? 0)" }
    return "run \(id)  \(provider)  \(day)  \(state.rawValue)  \(lines) lines  "
      + "\(matched) matched  \(foreign) foreign  \(counts.joined(separator: "  "))  \(open) open"
      + (cause.map { "  \($0)" } ?? "")
  }
}
