import Testing

@testable import Schema

@Suite struct GrantComparisonTests {
  private static let usage =
    "GRANT USAGE ON *.* TO `worker`@`localhost` IDENTIFIED BY PASSWORD '*0123456789ABCDEF'"
  private static let wanted = ["SELECT, INSERT ON ledger_entries", "SELECT ON schema_migrations"]
  private static let exact = [
    usage, "GRANT SELECT, INSERT ON `coinpay`.`ledger_entries` TO `worker`@`localhost`",
    "GRANT SELECT ON `coinpay`.`schema_migrations` TO `worker`@`localhost`",
  ]

  private func compare(_ granted: [String]) -> GrantComparison {
    GrantComparison(granted: granted, wanted: Self.wanted, database: "coinpay")
  }

  @Test func `what is wanted and no more is right`() {
    let comparison = compare(Self.exact)
    #expect(comparison.excess.isEmpty)
    #expect(comparison.missing.isEmpty)
  }

  @Test func `the rights that the worker gets are those it is compared with`() throws {
    let account = try #require(DatabaseAccount("worker@localhost"))
    let granted = WorkerGrants.statements(for: account).split(separator: "\n").map { line in
      String(line.replacing(" ON ", with: " ON coinpay."))
    }
    let comparison = GrantComparison(
      granted: granted, wanted: WorkerGrants.rights, database: "coinpay")
    #expect(comparison == compare(Self.exact))
  }

  @Test(arguments: [
    ("GRANT DELETE ON `coinpay`.`ledger_entries` TO `worker`@`%`", "DELETE ON ledger_entries"),
    ("GRANT ALL PRIVILEGES ON `coinpay`.* TO `worker`@`%`", "ALL PRIVILEGES ON coinpay.*"),
    ("GRANT SUPER ON *.* TO `worker`@`%`", "SUPER ON *.*"),
    ("GRANT SELECT ON `other`.`users` TO `worker`@`%`", "SELECT ON other.users"),
    (
      "GRANT UPDATE (coins, kind) ON `coinpay`.`ledger_entries` TO `worker`@`%`",
      "UPDATE (coins, kind) ON ledger_entries"
    ),
    ("GRANT `owner` TO `worker`@`%`", "role owner"),
    (
      "GRANT SELECT ON `coinpay`.`schema_migrations` TO `worker`@`%` WITH GRANT OPTION",
      "GRANT OPTION ON schema_migrations"
    ),
  ])
  func `a right too many is named`(line: String, right: String) {
    let comparison = compare(Self.exact + [line])
    #expect(comparison.excess == [right])
    #expect(comparison.missing.isEmpty)
  }

  @Test func `rights too few are named, and no hash of a password`() {
    let comparison = compare([Self.usage])
    #expect(comparison.excess.isEmpty)
    #expect(
      comparison.missing == [
        "INSERT ON ledger_entries", "SELECT ON ledger_entries", "SELECT ON schema_migrations",
      ])
  }
}
