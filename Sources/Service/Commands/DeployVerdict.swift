import ArgumentParser

extension DeployCommand {
  /// Asked by the script `deploy` while it watches a share.
  struct Verdict: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Judge a new version by nginx's log.",
      discussion: """
        Reads lines of the log from standard input. Prints on a line each the verdict (wait, good, few or
        worse), the figures of the old colour, and what to tell the operator.
        """,
      shouldDisplay: false)

    @Argument(help: "The colour that answered before.")
    var old: String
    @Argument(help: "The colour with the new version.")
    var new: String
    @Option(help: "Seconds since the share was given.")
    var elapsed: Int
    @OptionGroup var watching: Watching
    @Option(help: "The figures of the old colour, when it has no share any more.")
    var before: String?
    @Option(help: "A unit of the new colour that does not run.")
    var stopped: [String] = []

    func validate() throws {
      guard elapsed >= 0 else { throw ValidationError("--elapsed is 0 or more") }
      guard before.map({ VisitorFigures(text: $0) != nil }) ?? true else {
        throw ValidationError("--before is REQUESTS,FAILED,MILLISECONDS")
      }
    }

    func run() throws {
      var (ofOld, ofNew) = (VisitorCount(of: old), VisitorCount(of: new))
      func add(_ line: [UInt8]) {
        ofOld.add(line)
        ofNew.add(line)
      }
      var lines = LineCutter(bytesMax: VisitorCount.lineBytesMax)
      guard StandardInput.read({ lines.add($0, add) }) else {
        Console.complain("the log cannot be read")
        throw ExitCode.unavailable
      }
      // A last line without an end is still being written.
      let figures = before.flatMap { VisitorFigures(text: $0) } ?? ofOld.figures
      let share = WatchedShare(
        old: figures, new: ofNew.figures, stopped: stopped, elapsedSeconds: elapsed,
        seconds: watching.seconds)
      let answer = [share.verdict.rawValue, figures.text] + share.words(old: old, new: new)
      for line in answer { Console.say(line) }
    }
  }
}
