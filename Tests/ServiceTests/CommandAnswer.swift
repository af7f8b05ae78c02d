import FoundationEssentials
import Kit

/// What a command of the program said, and how it ended.
struct CommandAnswer {
  let status: Int32
  /// Both outputs.
  let text: String

  /// Beside the tests that run.
  private static var program: String {
    get throws {
      let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return tests[..<(tests.lastIndex(of: "/") ?? tests.startIndex)] + "/coinpay"
    }
  }

  /// - Parameter variables: all that its environment has.
  static func of(_ arguments: [String], _ variables: [String: String]) throws -> CommandAnswer {
    let log = FileManager.default.temporaryDirectory.path + "/command-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: log) }
    let environment = variables.map { "\($0.key)=\($0.value)" }
    let typing = #"printf '%s\n' "$TYPED" | "$@""#
    let command = try Command.start(
      ["env", "-i", "PATH=/usr/bin:/bin"] + environment
        + ["sh", "-c", typing, "sh", try program] + arguments, log: log)
    let status = command.waitForEnd()
    let output = FileManager.default.contents(atPath: log) ?? Data()
    return CommandAnswer(status: status, text: String(decoding: output, as: UTF8.self))
  }
}
