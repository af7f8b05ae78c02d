import Audit
import Controls
import HTTPTypes
import Operators
import Testing

@testable import Service

/// The console and the command ask the providers by the same verb.
@Suite struct OrderQueryTests {
  @Test func `the command asks about the payments that the console asks about, and is recorded`()
    throws
  {
    let site = try SiteTester()
    try site.signIn("admin", password: "admin-password")
    let body = #"{"package_id":1,"payment_method":"MOCK"}"#
    let number = try #require(
      site.send(.post, "/api/coin/order", json: body).member("order_no"))
    _ = site.send(.post, "/api/payment/mock/success/\(number)", json: "{}")
    let console = site.send(.post, "/api/admin/orders/\(number)/query", json: "{}")
    #expect(console.text.contains(#""answer":"NOT_FOUND""#), "\(console.text)")
    let command = try site.command("order query \(number)")
    #expect(command.status == 0)
    #expect(command.text == "\(number) at MOCK: NOT_FOUND\norder \(number) is PAID\n")
    let lines = try OperatorAction.list(of: number, in: &site.connection)
    #expect(lines.map(\.action) == ["QUERY_ORDER", "QUERY_ORDER"])
    #expect(lines.map(\.actor) == ["operator:2", "cli:alice"])
    #expect(lines.map(\.details) == ["\(number): NOT_FOUND", "\(number): NOT_FOUND"])
  }

  @Test func `while settlement is stopped the command asks nobody and records nothing`() throws {
    let site = try SiteTester()
    try site.signIn("demo", password: "demo-password")
    let body = #"{"package_id":1,"payment_method":"MOCK"}"#
    let number = try #require(
      site.send(.post, "/api/coin/order", json: body).member("order_no"))
    try ControlChange.stopPayments(nil).apply(
      by: Operation(by: "cli:bob", saying: "repair"), on: &site.connection, at: SystemTime.now())
    let command = try site.command("order query \(number)")
    #expect(command.status == 1 && command.text.contains("settlement is stopped"))
    #expect(try OperatorAction.list(of: number, in: &site.connection).isEmpty)
  }
}
