import Audit
import Database
import HTTPTypes
import Testing

@testable import Service

/// Whatever an operator does is in the audit log once, by whichever way it is done.
@Suite struct AuditLineTests {
  @Test func `each deed leaves one line, with who did it, to what and why`() throws {
    let site = try SiteTester()
    try site.signIn("admin", password: "admin-password")
    for deed in OperatorDeeds.all {
      if let console = deed.console {
        try expectOneLine(of: deed, by: "operator:2", on: site) { made in
          let (path, json) = console(made)
          let answer = site.send(.post, "/api/admin/\(path)", json: json)
          return (answer.status == 200, answer.text)
        }
      }
      if let command = deed.command {
        try expectOneLine(of: deed, by: "cli:alice", on: site) { made in
          let answer = try site.command(command(made), input: deed.input)
          // What waits for a second person is no success to a script.
          return (answer.status == 0 || deed.kind == .requestDeed, answer.text)
        }
      }
    }
  }

  private func expectOneLine(
    of deed: OperatorDeed, by actor: String, on site: SiteTester,
    _ act: (String) throws -> (isDone: Bool, text: String)
  ) throws {
    let made = try deed.made(site)
    let before = try OperatorAction.latest(1, in: &site.connection).first?.id ?? 0
    let user = try deed.subject(of: made, on: site)
    let (isDone, text) = try act(made)
    #expect(isDone, "\(deed) by \(actor): \(text)")
    let lines = try OperatorAction.latest(5, in: &site.connection).filter { $0.id > before }
    // An erased user has another name afterwards, one that is made has none before.
    let subject = deed.kind == .eraseUser ? user : try deed.subject(of: made, on: site)
    let own = lines.filter { $0.actor == actor }
    // What is approved is done in the name of whoever asked.
    #expect(lines.count == own.count || deed.kind == .approveDeed)
    let said = own.map { "\($0.action) \($0.actor) \($0.subject) \($0.reason)" }
    #expect(said == ["\(deed) \(actor) \(subject) \(deed.reason)"], "\(deed) by \(actor): \(text)")
  }

  /// Of these, what would have to be made for them is more than the line is worth.
  private static let untried: Set<OperatorAction.Kind> = [
    // Their own security, which nobody does for another.
    .stepUp, .enrolSecondFactor, .renewRecoveryCodes,
    // Need a sealed body, and orders that were over long ago.
    .viewNotification, .purgeOrders,
  ]

  @Test func `every kind of line is tried`() {
    let tried = Set(OperatorDeeds.all.map(\.kind))
    #expect(tried.union(Self.untried) == Set(OperatorAction.Kind.allCases))
    #expect(tried.isDisjoint(with: Self.untried))
  }
}
