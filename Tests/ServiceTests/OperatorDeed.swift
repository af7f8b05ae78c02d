import Audit
import Database
import HTTPTypes
import Vocabulary

/// Something that operators may do: the ways to it, and the line that each leaves in the audit log.
struct OperatorDeed: Sendable, CustomStringConvertible {
  /// What the line names.
  enum Subject: Sendable {
    /// What was made for it, or the first word of that.
    case made
    /// The user whose name was made.
    case user
    /// The package that was made last.
    case newestPackage
    case named(String)
  }

  let kind: OperatorAction.Kind
  let subject: Subject
  let reason: String
  /// Makes what it is done to, and gives its number or name.
  let made: @Sendable (SiteTester) throws -> String
  /// A path of the console's API and its body; nil where the console has no such thing.
  let console: (@Sendable (String) -> (path: String, json: String))?
  /// Nil where no command does it.
  let command: (@Sendable (String) -> String)?
  /// What is typed while the command runs.
  let input: String

  var description: String { kind.rawValue }

  init(
    _ kind: OperatorAction.Kind, of subject: Subject = .made, reason: String = "seen",
    made: @escaping @Sendable (SiteTester) throws -> String = { _ in "" },
    console: (@Sendable (String) -> (path: String, json: String))? = nil,
    command: (@Sendable (String) -> String)? = nil, input: String = ""
  ) {
    self.kind = kind
    self.subject = subject
    self.reason = reason
    self.made = made
    self.console = console
    self.command = command
    self.input = input
  }

  func subject(of made: String, on site: SiteTester) throws -> String {
    switch subject {
    case .made: return String(made.prefix { $0 != " " })
    case .named(let name): return name
    case .user:
      let id = try site.connection.first(
        "SELECT id FROM users WHERE username = \(made)", as: UserID.self)
      return "user:" + (id?.description ?? "nobody")
    case .newestPackage:
      let number = try site.connection.first(
        "SELECT COALESCE(MAX(id), 0) FROM coin_packages", as: Int64.self)
      return "\(number ?? 0)"
    }
  }
}
