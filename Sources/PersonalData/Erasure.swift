public import Accounts
public import Audit
public import Database
public import Payments
public import Vocabulary

/// Erases what is personal about a user, while the books stay as they are.
///
/// What stays under the user's number is what bookkeeping has to keep: orders, payments, refunds,
/// ledger and histories, with numbers, amounts and times. Raw notifications go too, but for those that
/// may still be needed as evidence; running the erasure again later removes them.
public struct Erasure: Sendable {
  public struct Report: Hashable, Sendable {
    /// What the user is called from now on.
    public let pseudonym: String
    public internal(set) var notifications = 0
    /// Orders that were open, and payments that their providers have not closed yet.
    public internal(set) var closed = ClosedOrders()
    /// Notifications of payments that are open, disputed, suspicious or being refunded.
    public internal(set) var notificationsKept = 0
    /// Coins that are left and that nobody can spend any more.
    public internal(set) var balance: Int64 = 0
  }

  let accounts: AccountDesk
  let clock: WallClock
  let caretaker: Caretaker

  /// Why what a second person was asked about the user is not done any more.
  private static let rejection: StaticString = "the user is erased"
  /// Rows of one transaction.
  static let batchRowsMax = 200

  /// - Parameter caretaker: closes at the providers what is open.
  public init(accounts: AccountDesk, clock: WallClock, caretaker: Caretaker) {
    self.caretaker = caretaker
    self.accounts = accounts
    self.clock = clock
  }

  /// Shuts the user out, ends what waits for a second person, closes what is open, then erases in small
  /// transactions; the name goes last, together with the record of who did it. Broken off anywhere, it
  /// can be run again.
  public func run(
    _ user: User, by operation: Operation, on connection: inout Connection
  ) throws(DatabaseError) -> Report {
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try accounts.beginErasure(of: user.id, in: &transaction)
      try OpenRequests.reject(
        [.about(user.id), .askedBy(user.id)],
        by: Operation(by: operation.actor, saying: Erasure.rejection),
        in: &transaction, at: clock.now())
      return .commit(())
    }
    var report = Report(pseudonym: Pseudonym.name(of: user.id))
    report.closed = try caretaker.closeOrders(
      of: user.id, by: operation, on: &connection)
    report.notifications = try PersonalTraces.eraseNotifications(of: user.id, on: &connection)
    report.notificationsKept = try PersonalTraces.notifications(of: user.id, in: &connection)
    try PersonalTraces.eraseKeys(of: user.id, on: &connection)
    try PersonalTraces.erasePresentations(of: user.id, on: &connection)
    report.balance = try PersonalTraces.balance(of: user.id, in: &connection)
    let details =
      "\(report.notifications) notifications erased, \(report.notificationsKept) kept as evidence"
    try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
      try accounts.pseudonymise(user, in: &transaction)
      try operation.record(
        .eraseUser, of: "user:\(user.id)", details: details, in: &transaction, at: clock.now())
      return .commit(())
    }
    return report
  }
}
