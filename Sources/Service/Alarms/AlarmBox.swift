import Vocabulary

/// The folder of the alarms: what waits to be sent, what was told when, and where the last look at the journal ended.
///
/// Used by whoever holds the lock; see `FileLock`.
struct AlarmBox {
  let folder: String
  let rule: AlarmRule
  let targets: [String]
  /// Writes the subject of each message into the machine's log, whether it can be sent or not.
  let announce: (String) -> Void

  /// Messages that wait to be sent; what comes then is counted like what is held back.
  static let waitingMax = 500
  /// After which an alarm that did not come again is forgotten.
  private static let forgetSeconds: Int64 = 31 * 86_400
  /// Of a file of these folders: more than a text and three lines never are.
  private static let fileBytesMax = 64 * 1024

  private var outbox: String { folder + "/outbox" }
  private var known: String { folder + "/known" }
  private var cursorPath: String { folder + "/cursor" }
  /// Taken while alarms are noted.
  var lockPath: String { folder + "/lock" }
  /// Taken while messages are sent.
  var sendingPath: String { folder + "/sending" }

  func prepare() throws(SmallFile.Failure) {
    for path in [folder, outbox, known] { try SmallFile.makeFolder(path) }
  }

  // MARK: What is told

  /// Puts a message about an alarm into the outbox, or remembers that it is held back.
  /// - Returns: whether there is a message.
  func tell(_ alarm: Alarm, now: Int64) throws(SmallFile.Failure) -> Bool {
    let path = known + "/" + Alarm.fileName(ofKey: alarm.key)
    let verdict = rule.verdict(on: alarm, memory(at: path), now: now, isFull: isFull)
    try carryOut(verdict, path)
    return verdict.message != nil
  }

  func tellHeld(now: Int64) throws(SmallFile.Failure) {
    for name in SmallFile.names(in: known) {
      let path = known + "/" + name
      guard let memory = memory(at: path),
        let verdict = rule.verdict(onHeld: memory, of: name, now: now, isFull: isFull)
      else { continue }
      try carryOut(verdict, path)
    }
  }

  func forgetOld(now: Int64) {
    for path in SmallFile.names(in: known).map({ known + "/" + $0 }) {
      if let changed = SmallFile.changedAt(path), now - changed > AlarmBox.forgetSeconds {
        SmallFile.remove(path)
      }
    }
  }

  private var isFull: Bool { SmallFile.names(in: outbox).count >= AlarmBox.waitingMax }

  private func memory(at path: String) -> AlarmMemory? {
    SmallFile.text(path, bytesMax: AlarmBox.fileBytesMax).flatMap { AlarmMemory(file: $0) }
  }

  /// The message first: after a crash in between it is told twice, not never.
  private func carryOut(_ verdict: AlarmRule.Verdict, _ path: String) throws(SmallFile.Failure) {
    if let message = verdict.message { try post(message) }
    try SmallFile.replace(path, with: verdict.memory.file)
  }

  private func post(_ message: AlarmRule.Message) throws(SmallFile.Failure) {
    announce(message.subject)
    if targets.isEmpty { Console.complain("COINPAY_ALARM_TO is not set: nobody is told") }
    for target in targets {
      let name = AlarmBox.nextName(
        after: SmallFile.names(in: outbox), nanoseconds: SystemTime.now().microseconds * 1_000)
      try SmallFile.replace(outbox + "/" + name, with: AlarmLetter(to: target, message).file)
    }
  }

  /// A name behind all that wait, also after a clock was set back.
  static func nextName(after names: [String], nanoseconds: Int64) -> String {
    let last = names.compactMap { Int64($0) }.max() ?? 0
    return "\(max(nanoseconds, last < .max ? last + 1 : last))"
  }

  // MARK: The journal

  var cursor: String? {
    let text = SmallFile.text(cursorPath, bytesMax: AlarmBox.fileBytesMax)
    return text?.split(whereSeparator: \.isNewline).first.map { String($0) }
  }

  func keep(cursor: String) throws(SmallFile.Failure) {
    try SmallFile.replace(cursorPath, with: cursor + "\n")
  }

  // MARK: What waits

  /// Sends what waits, oldest first.
  /// - Returns: whether all of it is gone.
  func deliver(_ send: (AlarmLetter) -> DeliveryRound.Outcome) -> Bool {
    var round = DeliveryRound(targets: targets)
    for name in SmallFile.names(in: outbox) {
      let path = outbox + "/" + name
      guard let text = SmallFile.text(path, bytesMax: AlarmBox.fileBytesMax) else {
        // Another run may have sent it meanwhile.
        guard SmallFile.changedAt(path) != nil else { continue }
        Console.complain("\(path) cannot be read; it is kept and tried again")
        round.noteUnreadable()
        continue
      }
      guard let letter = AlarmLetter(file: text) else {
        Console.complain("\(path) was cut off: to whom it should go cannot be read")
        SmallFile.remove(path)
        continue
      }
      switch round.step(for: letter) {
      case .leave: continue
      case .drop: SmallFile.remove(path)
      case .send: round.note(sent(letter, path, send), of: letter)
      }
    }
    return !round.keepsSomething
  }

  private func sent(
    _ letter: AlarmLetter, _ path: String, _ send: (AlarmLetter) -> DeliveryRound.Outcome
  ) -> DeliveryRound.Outcome {
    let outcome = send(letter)
    if outcome == .taken {
      SmallFile.remove(path)
    } else {
      Console.complain(
        "an alarm could not be sent; it is kept and tried again: \(letter.message.subject)")
    }
    return outcome
  }
}
