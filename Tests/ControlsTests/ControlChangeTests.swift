import Audit
import Controls
import Database
import Kit
import Operators
import Testing
import Vocabulary

/// Turning the controls, on a real database.
struct ControlChangeTests {
  private static let moment = Timestamp(unixSeconds: 1_800_000_000)

  private func connection() throws -> Connection {
    Connection(try PrivateMariaDB.shared.get().makeMigratedDatabase())
  }

  private func apply(_ change: ControlChange, _ connection: inout Connection) throws {
    #expect(change.problem == nil)
    try change.apply(
      by: Operation(by: "cli:test", saying: "because"), on: &connection,
      at: ControlChangeTests.moment)
  }

  @Test func `a new database has untouched controls`() throws {
    var connection = try connection()
    #expect(try Controls.load(in: &connection) == .untouched)
  }

  @Test func `each turn is read back and recorded`() throws {
    var connection = try connection()
    let notice = try #require(
      Notice(
        LocalText(chinese: "维护", english: "<b>Soon</b> back", others: ["fr": "Bientôt"])))
    try apply(.backup(of: .wechat, .alipay), &connection)
    try apply(.methodOff(.wechat), &connection)
    try apply(.order([.stripe, .alipay]), &connection)
    try apply(.pause(.ordersPaused, notice, forMinutes: 30), &connection)
    let controls = try Controls.load(in: &connection)
    #expect(controls.isOff(.wechat) && controls.control(of: .wechat).backup == .alipay)
    #expect(controls.arranged([.alipay, .wechat, .stripe]) == [.stripe, .alipay, .wechat])
    #expect(controls.notice == notice)
    #expect(controls.until == Self.moment.adding(seconds: 1_800))
    let record = try OperatorAction.latest(10, in: &connection)
    #expect(record.map(\.action) == ["PAUSE", "ORDER_METHODS", "SWITCH_METHOD", "SWITCH_METHOD"])
    #expect(record.allSatisfy { $0.actor == "cli:test" && $0.reason == "because" })
    #expect(record.first?.details.hasPrefix("ORDERS_PAUSED until 2027-01-15T08:30:00Z") == true)

    try apply(.methodOn(.wechat), &connection)
    try apply(.backup(of: .wechat, nil), &connection)
    try apply(.order([]), &connection)
    try apply(.resume, &connection)
    let after = try Controls.load(in: &connection)
    #expect(after.mode(at: Self.moment) == .open && after.notice == nil && after.methodsOff == [])
    #expect(after.arranged([.alipay, .stripe]) == [.alipay, .stripe])
  }

  @Test func `stopping payments closes the site, and pausing starts them again`() throws {
    var connection = try connection()
    try apply(.stopPayments(nil), &connection)
    var controls = try Controls.load(in: &connection)
    #expect(controls.settlementIsStopped && controls.mode(at: Self.moment) == .readOnly)
    try apply(.pause(.ordersPaused, nil, forMinutes: nil), &connection)
    controls = try Controls.load(in: &connection)
    #expect(!controls.settlementIsStopped && controls.mode(at: Self.moment) == .ordersPaused)
  }

  @Test(arguments: [
    (ControlChange.backup(of: .alipay, .alipay), ControlChange.Problem.backupIsItself),
    (.order([.alipay, .stripe, .alipay]), .methodNamedTwice),
    (.pause(.readOnly, nil, forMinutes: 0), .minutesOutOfBounds),
    (.pause(.readOnly, nil, forMinutes: ControlChange.minutesMax + 1), .minutesOutOfBounds),
    (.pause(.open, nil, forMinutes: nil), .modeIsOpen),
  ])
  func `a turn that makes no sense says why`(
    change: ControlChange, problem: ControlChange.Problem
  ) { #expect(change.problem == problem) }

  @Test(arguments: [
    "", "   ", "two\nlines", String(repeating: "长", count: Notice.limit.max + 1),
  ])
  func `a notice is one line that says something`(text: String) {
    #expect(Notice(LocalText(chinese: text, english: "x")) == nil)
    #expect(Notice(LocalText(chinese: "x", english: text)) == nil)
  }

  @Test func `stopping waits for a settlement that has begun`() throws {
    let configuration = try PrivateMariaDB.shared.get().makeMigratedDatabase()
    var settling = Connection(configuration)
    var stopping = Connection(configuration)
    // The second connection gives up soon: it must not get through.
    _ = try stopping.execute("SET SESSION innodb_lock_wait_timeout = 0")
    try settling.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      let isStopped = try Controls.settlementIsStopped(in: &transaction)
      #expect(!isStopped)
      do throws(DatabaseError) {
        try ControlChange.stopPayments(nil).apply(
          by: Operation(by: "cli:test", saying: "x"), on: &stopping, at: ControlChangeTests.moment)
        Issue.record("it was stopped in the middle of a settlement")
      } catch { #expect(error.kind == .lockTimeout) }
      return .commit(())
    }
    try ControlChange.stopPayments(nil).apply(
      by: Operation(by: "cli:test", saying: "x"), on: &stopping, at: ControlChangeTests.moment)
    try settling.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      let isStopped = try Controls.settlementIsStopped(in: &transaction)
      #expect(isStopped)
      return .rollback(())
    }
  }

  @Test func `a board keeps what it knew while the database is away`() throws {
    let server = try PrivateMariaDB()
    defer { server.remove() }
    var connection = Connection(try server.makeMigratedDatabase())
    let board = ControlsBoard()
    try apply(.methodOff(.stripe), &connection)
    #expect(try board.refresh(on: &connection))
    #expect(try !board.refresh(on: &connection))
    server.kill()
    #expect(throws: DatabaseError.self) { try board.refresh(on: &connection) }
    #expect(board.current.isOff(.stripe))
  }
}
