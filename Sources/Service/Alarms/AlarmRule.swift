import Vocabulary

/// What was told about an alarm, and what is held back since.
struct AlarmMemory: Hashable {
  /// Seconds since 1970.
  let toldAt: Int64
  let held: Int
  let subject: String
  /// Of those that are held back.
  let text: String

  /// More are not counted.
  static let heldMax = 1_000_000_000

  init(toldAt: Int64, held: Int, subject: String, text: String) {
    self.toldAt = toldAt
    self.held = min(max(0, held), AlarmMemory.heldMax)
    self.subject = subject
    self.text = Alarm.textLimit.cut(text)
  }

  /// - Returns: nil for a file that says nothing, or was cut before its numbers.
  init?(file: String) {
    let lines = file.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
    let numbers = lines[0].split(separator: " ")
    guard numbers.count == 2, let toldAt = Int64(numbers[0]), let held = Int(numbers[1]) else {
      return nil
    }
    self.init(
      toldAt: toldAt, held: held, subject: lines.count > 1 ? Alarm.line(String(lines[1])) : "",
      text: lines.count > 2 ? String(lines[2].reversed().drop { $0 == "\n" }.reversed()) : "")
  }

  var file: String { "\(toldAt) \(held)\n\(subject)\n\(text)\n" }
}

/// What is told when: the same alarm once in a while, and what came meanwhile when that time is over.
struct AlarmRule: Hashable {
  let repeatSeconds: Int64

  struct Message: Hashable {
    let key: String
    let subject: String
    let text: String
  }

  struct Verdict: Hashable {
    /// nil: it is held back.
    let message: Message?
    let memory: AlarmMemory
  }

  /// - Parameters:
  ///   - memory: nil for what was never told.
  ///   - now: seconds since 1970.
  ///   - isFull: whether nothing more can wait to be sent.
  func verdict(on alarm: Alarm, _ memory: AlarmMemory?, now: Int64, isFull: Bool) -> Verdict {
    let held = memory?.held ?? 0
    let parts = [memory?.text ?? "", alarm.text].filter { !$0.isEmpty }
    let text = Alarm.textLimit.cut(parts.joined(separator: "\n"))
    let count = held.addingReportingOverflow(alarm.count)
    let all = count.overflow ? AlarmMemory.heldMax : min(count.partialValue, AlarmMemory.heldMax)
    if isFull || memory.map({ isRecent($0.toldAt, now) }) == true {
      return Verdict(
        message: nil,
        memory: AlarmMemory(
          toldAt: memory?.toldAt ?? 0, held: all, subject: alarm.subject, text: text))
    }
    return Verdict(
      message: Message(
        key: alarm.key, subject: alarm.subject + AlarmRule.more(all - 1), text: text),
      memory: AlarmMemory(toldAt: now, held: 0, subject: alarm.subject, text: ""))
  }

  /// What was held back is told when its time is over, also when nothing more comes.
  ///
  /// - Parameter name: of the file of the memory.
  /// - Returns: nil as long as there is nothing to tell.
  func verdict(onHeld memory: AlarmMemory, of name: String, now: Int64, isFull: Bool) -> Verdict? {
    guard memory.held > 0, !isFull, !isRecent(memory.toldAt, now) else { return nil }
    let key = Alarm.fileName(ofKey: memory.subject) == name ? memory.subject : name
    return Verdict(
      message: Message(
        key: key, subject: memory.subject + AlarmRule.more(memory.held), text: memory.text),
      memory: AlarmMemory(toldAt: now, held: 0, subject: memory.subject, text: ""))
  }

  /// What a clock noted that was ahead is not of a moment ago.
  private func isRecent(_ toldAt: Int64, _ now: Int64) -> Bool {
    guard toldAt <= now else { return false }
    let (age, overflow) = now.subtractingReportingOverflow(toldAt)
    return !overflow && age < repeatSeconds
  }

  private static func more(_ count: Int) -> String {
    count == 0 ? "" : " (\(count) more since the last message)"
  }
}
