import ArgumentParser
import Controls
import Database
import Vocabulary

/// What commands that close the site have in common.
struct ClosingWords: ParsableArguments {
  @Option(help: "What users are told in Chinese, instead of the usual words.") var zh: String?
  @Option(help: "What users are told in English.") var en: String?
  @Option(help: "Why; kept for ever.") var reason: String

  func notice() throws -> Notice? {
    if zh == nil, en == nil { return nil }
    guard let zh, let en, let notice = Notice(LocalText(chinese: zh, english: en)) else {
      throw ValidationError(
        "--zh and --en belong together, each with 1 to \(Notice.limit.max) characters, "
          + "not blanks alone")
    }
    return notice
  }
}

struct PauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Take no new orders; payments that exist go on.",
    discussion: """
      Every worker knows within 5 seconds. Notifications, questions to providers and refunds go on,
      and orders that exist can be paid. 'coinpay resume' ends it.
      """)

  @OptionGroup var words: ClosingWords
  @Flag(help: "Users change nothing at all: no sign-up, no cancelling, no other method.")
  var readOnly = false
  @Option(help: "End by itself after so many minutes.") var minutes: Int64?

  func run() throws {
    let change = ControlChange.pause(
      readOnly ? .readOnly : .ordersPaused, try words.notice(), forMinutes: minutes)
    try ControlCommands.apply(change, reason: words.reason)
    Console.say(readOnly ? "the site is read-only" : "new orders are paused")
  }
}

struct StopPaymentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop-payments",
    abstract: "Let nothing settle and users change nothing, so that data can be repaired.",
    discussion: """
      Notifications are still stored and acknowledged; they wait in the inbox. Nobody asks providers,
      nothing expires and no refund goes out; operators' deeds that would do so are refused. When the
      command returns no settlement is under way. 'coinpay resume' ends it, and what waits is settled.
      """)

  @OptionGroup var words: ClosingWords

  func run() throws {
    try ControlCommands.apply(.stopPayments(try words.notice()), reason: words.reason)
    Console.say("nothing settles any more; waiting for requests of users that have begun")
    sleepUntilWorkersKnow()
    Console.say("payments are stopped; end it with: coinpay resume --reason TEXT")
  }

  private func sleepUntilWorkersKnow() {
    ControlCommands.pause(milliseconds: 2 * ControlsBoard.refreshMilliseconds)
  }
}

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "End pause, read-only mode and stop-payments.")

  @Option(help: "Why; kept for ever.") var reason: String

  func run() throws {
    try ControlCommands.apply(.resume, reason: reason)
    Console.say("the site is open")
  }
}
