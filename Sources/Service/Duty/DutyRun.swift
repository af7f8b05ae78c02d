import Duties
import Payments
import Provider
import Vocabulary

/// Runs duties of the program that answers now, which may be older than this one.
struct DutyRun {
  private static let program = "/usr/lib/coinpay/current/coinpay"
  private static let journalctl = "/usr/bin/journalctl"
  /// What the service wrote down is read for so long at most.
  private static let journalSecondsMax = 1_800
  /// systemd ends a duty long before; see its units.
  private static let hoursMax = 12
  private static let helpSeconds = 60
  /// The anchor of the last restore.
  private static let restored = DutyFacts.folderStandard + "/restore/anchor"

  let variables: [String: String]
  /// More words for the program.
  let words: [String]

  /// - Returns: the status with which the duty fails; nil when it went well.
  func run(_ duty: Duty, certificateDays: Int) -> Int32? {
    let facts = (variables["RUNTIME_DIRECTORY"] ?? ".") + "/facts"
    if let plan = DutyPlan(duty, facts: facts) { return carryOut(plan) }
    switch duty {
    case .verify: return verify()
    case .certificates: return certificates(certificateDays)
    default:
      Console.complain("\(duty.rawValue) is not a duty of the program")
      return 64
    }
  }

  private func carryOut(_ plan: DutyPlan, reading text: [UInt8] = []) -> Int32? {
    let end = ChildProcess.run(
      [DutyRun.program] + plan.words + words, reading: text,
      timeout: .seconds(DutyRun.hoursMax * 3_600))
    if case .notStarted(let code) = end {
      Console.complain("\(DutyRun.program) cannot be started: errno \(code)")
    }
    return plan.failure(end)
  }

  private func verify() -> Int32? {
    var help: [UInt8] = []
    _ = ChildProcess.run(
      [DutyRun.program, "ledger", "verify", "--help"], timeout: .seconds(DutyRun.helpSeconds)
    ) { help += $0 }
    let plan = DutyPlan.verify(
      help: String(decoding: help, as: UTF8.self), restored: DutyRun.restored)
    return carryOut(plan, reading: plan.readsAnchors ? anchors() : [])
  }

  /// A journal that cannot be read is no fault of the books.
  private func anchors() -> [UInt8] {
    var (lines, anchors) = (LineCutter(bytesMax: AnchorLines.lineBytesMax), AnchorLines())
    let end = ChildProcess.run(
      [
        DutyRun.journalctl, "--quiet", "--no-pager", "--output=cat", "--identifier=coinpay",
        "_UID=\(AlarmSources.account)", "--priority=notice..notice",
        "--since=-\(AnchorLines.days)days",
      ], timeout: .seconds(DutyRun.journalSecondsMax)
    ) { lines.add($0) { anchors.add($0) } }
    lines.finish { anchors.add($0) }
    if end != .exited(0) {
      Console.complain(
        "the journal cannot be read: what was cut off at the end of the tables may not show")
    }
    return anchors.lines
  }

  // MARK: Certificates and keys

  private func certificates(_ days: Int) -> Int32? {
    let baseURL = variables["COINPAY_BASE_URL"] ?? ""
    let problem = SiteCertificate.problem(
      end: SiteCertificate.end(baseURL: baseURL), baseURL: baseURL, days: days,
      now: SystemTime.now().unixSeconds)
    if let problem { Console.complain(problem) }
    let failures = methods().map { $0.map { check($0) } } ?? [1]
    return problem == nil && failures.allSatisfy({ $0 == nil }) ? nil : 1
  }

  private func check(_ method: PaymentMethod) -> Int32? {
    carryOut(DutyPlan(["provider", "check", method.rawValue]))
  }

  /// The methods that the settings turn on; nil when the settings are wrong.
  private func methods() -> [PaymentMethod]? {
    guard let settings = try? Settings.load() else { return nil }
    return settings.providers.map(\.descriptor.method).filter(Registry.faces.real.contains)
  }
}
