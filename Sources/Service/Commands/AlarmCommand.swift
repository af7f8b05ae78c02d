import ArgumentParser
import Vocabulary

/// Run by the package's units, not by people.
struct AlarmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alarm",
    abstract: "Tell the operator, by mail or by a POST to an address, as COINPAY_ALARM_TO says.",
    discussion: """
      The same alarm is sent once in a while only; what is held back is counted and told when that time
      is over. What cannot be sent is kept and sent later.
      """,
    shouldDisplay: false,
    subcommands: [OfJournal.self, OfUnit.self, OfText.self])

  struct OfJournal: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      commandName: "journal",
      abstract: "Tell about critical lines since the last time, and send what waits.")

    @Option(help: "Lines that one look takes; the next look takes the rest.")
    var lines = AlarmSources.linesMax

    func validate() throws {
      guard (1...AlarmSources.linesMax).contains(lines) else {
        throw ValidationError("--lines is from 1 to \(AlarmSources.linesMax)")
      }
    }

    func run() throws {
      try AlarmRun().tell { desk throws(SmallFile.Failure) in
        if let look = AlarmSources.look(after: desk.box.cursor, linesMax: lines) {
          for alarm in look.alarms { try desk.tell(alarm) }
          // What was told is in the outbox or counted: the next look begins behind it.
          if let cursor = look.cursor { try desk.box.keep(cursor: cursor) }
          desk.box.forgetOld(now: desk.now)
        } else {
          Console.complain("the journal cannot be read")
        }
        try desk.box.tellHeld(now: desk.now)
      }
    }
  }

  struct OfUnit: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      commandName: "unit", abstract: "Tell that a unit failed, with its last lines.")

    @Argument(help: "The name of the unit.")
    var unit: String

    func run() throws {
      let alarm = Alarm(
        key: unit, subject: "\(unit) failed", text: AlarmSources.lastWords(of: unit))
      try AlarmRun().tell { desk throws(SmallFile.Failure) in try desk.tell(alarm) }
    }
  }

  struct OfText: ParsableCommand, LogsToStandardError {
    static let configuration = CommandConfiguration(
      commandName: "text", abstract: "Tell about anything, with a text from standard input.")

    @Argument(help: "What the same thing is called when it happens again.")
    var key: String
    @Argument(help: "A line about it.")
    var subject: String

    func run() throws {
      var text: [UInt8] = []
      StandardInput.read { text += $0.prefix(Alarm.textLimit.max - text.count) }
      let alarm = Alarm(
        key: key, subject: subject, text: String(decoding: text, as: UTF8.self))
      try AlarmRun().tell { desk throws(SmallFile.Failure) in try desk.tell(alarm) }
    }
  }
}
