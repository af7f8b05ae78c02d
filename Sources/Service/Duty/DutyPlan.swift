import Duties

/// What of the program a duty is, and which of its ends is no failure.
struct DutyPlan: Hashable {
  let words: [String]
  /// An exit status that needs no alarm.
  private let pardoned: Int32?

  /// - Parameter facts: the file of what only root may see, for `doctor`.
  /// - Returns: nil for a duty that is no single command of the program.
  init?(_ duty: Duty, facts: String) {
    switch duty {
    // Books that are not there yet: the next run reads them.
    case .reconcile: self.init(["reconcile"], pardoned: 75)
    case .purge: self.init(["purge"])
    case .expiry: self.init(["order", "expire"])
    // Warnings.
    case .doctor: self.init(["doctor", "--problems", "--machine-facts", facts], pardoned: 1)
    case .verify, .certificates, .backupFull, .backupIncremental, .drill: return nil
    }
  }

  init(_ words: [String], pardoned: Int32? = nil) {
    self.words = words
    self.pardoned = pardoned
  }

  /// The proof of the books. The program may be older than this one: between an upgrade and its deploy, and after a
  /// rollback.
  /// - Parameter help: what the program says about the command.
  static func verify(help: String, restored: String) -> DutyPlan {
    let command = ["ledger", "verify"]
    return DutyPlan(
      help.contains("--restored") ? command + ["--anchors", "-", "--restored", restored] : command)
  }

  /// Whether the words ask for anchors from standard input.
  var readsAnchors: Bool { words.contains("--anchors") }

  /// The status with which the duty fails; nil when it went well.
  func failure(_ end: ChildProcess.End) -> Int32? {
    switch end {
    case .exited(0): nil
    case .exited(let status): status == pardoned ? nil : status
    // As a shell says it.
    case .ended(let signal): 128 + signal
    case .timedOut, .notStarted: 1
    }
  }
}

/// What is noted about the end of a duty: one value a file, which doctor and the figures read.
enum DutyNote {
  /// systemd's word for a duty that is off by a setting, of which nothing is noted.
  static let off = "exec-condition"
  static let success = "success"

  /// - Parameters:
  ///   - result: systemd's word for how it ended (systemd.exec(5), `$SERVICE_RESULT`).
  ///   - now: seconds since 1970.
  ///   - siteExpires: when the certificate that visitors get ends; nil when it cannot be found out.
  static func facts(
    _ duty: Duty, result: String, now: Int64, siteExpires: () -> Int64?
  ) -> [(name: String, value: String)] {
    guard result != off else { return [] }
    var facts = [("ended", "\(now)"), ("result", result)]
    if result == success { facts.append(("succeeded", "\(now)")) }
    if duty == .certificates {
      facts.append(("site_expires", siteExpires().map { "\($0)" } ?? ""))
    }
    return facts
  }
}
