import ArgumentParser
import HTTPTypes
import Testing

@testable import AdminRoutes
@testable import Routes
@testable import Service

/// A reason of which nothing is seen is none, wherever it is asked for.
@Suite struct ReasonTests {
  private static let blanks = [" ", "\u{3000}\t\n", "\u{200B}\u{2060}"]

  /// Every command that takes a reason, without it.
  private static let commands = [
    "coins allow-negative demo on", "coins deduct demo 5", "coins grant demo 5",
    "method backup MOCK", "method off MOCK", "method on MOCK", "method order MOCK",
    "order close COIN_20260101_12345678", "order give-up-refund COIN_20260101_12345678 R1",
    "order resettle COIN_20260101_12345678",
    "package create 9 --zh A --en A --price CNY:0.90", "package disable 1", "package enable 1",
    "pause", "queue discard 1", "reconcile resolve 1", "refund COIN_20260101_12345678",
    "requests reject 1", "resume", "stop-payments", "suspense resolve 1", "user erase demo",
    "user totp invite demo", "user totp reset demo",
  ]

  @Test(arguments: commands, blanks)
  func `a command refuses a reason of blanks`(line: String, blank: String) {
    let arguments = line.split(separator: " ").map { String($0) } + ["--reason", blank]
    let refusal = #expect(throws: ValidationError.self) {
      var command = try CoinPay.parseAsRoot(arguments)
      try command.run()
    }
    #expect(refusal?.message.contains("--reason has 1 to 255 characters") == true)
  }

  @Test func `every command that takes a reason is tried`() {
    let tried = Self.commands.map { line in
      line.split(separator: " ").prefix { $0.allSatisfy { $0.isLowercase || $0 == "-" } }
        .joined(separator: " ")
    }
    let taking = Self.takingReasons(CoinPay.self, [])
    #expect(taking.filter { path in !tried.contains { $0.hasPrefix(path) } } == [])
    #expect(taking.count == tried.count)
  }

  private static func takingReasons(
    _ command: any ParsableCommand.Type, _ path: [String]
  ) -> [String] {
    let inner = command.configuration.subcommands
    if inner.isEmpty {
      let takesReason = CoinPay.helpMessage(for: command).contains("--reason <reason>")
      return takesReason ? [path.joined(separator: " ")] : []
    }
    return inner.flatMap { takingReasons($0, path + [$0._commandName]) }
  }

  @Test func `a route refuses a reason of blanks with words`() throws {
    let site = try SiteTester()
    try site.signIn("admin", password: "admin-password")
    let order = site.send(
      .post, "/api/coin/order", json: #"{"package_id":1,"payment_method":"MOCK"}"#)
    let number = try #require(order.member("order_no"), "\(order.text)")
    let steps = ConsoleWalk.asAdministrator(paid: number, open: number)
      // To settle an event again needs no reason.
      .filter { $0.json?.contains(#""reason":"#) == true && !$0.target.hasSuffix("/retry") }
    #expect(steps.count > 20)
    for step in steps {
      let parts = step.json?.components(of: #""reason":""#) ?? []
      let end = try #require(parts.last?.drop { $0 != "\"" })
      for blank in ["  ", "\u{3000}", "\u{200B}"] {
        let answer = site.send(
          .post, step.target, json: "\(parts[0])\"reason\":\"\(blank)\(end)")
        #expect(answer.status == 400 && answer.text.contains("请填写原因"), "\(step): \(answer.text)")
      }
    }
    #expect(site.send(.get, "/api/admin/audit").text.contains(#""items":[]"#))
  }
}

extension String {
  fileprivate func components(of mark: String) -> [Substring] {
    guard let range = firstRange(of: mark) else { return [self[...]] }
    return [self[..<range.lowerBound], self[range.upperBound...]]
  }
}
