import Database
import Vocabulary

/// Slows down guessing: failures are counted for the account and for the address.
struct SignInLimits {
  static let accountFailuresMax: Int64 = 5
  static let addressFailuresMax: Int64 = 30
  static let windowSeconds: Int64 = 15 * 60

  private let account: [UInt8]
  private let address: [UInt8]
  private let clock: WallClock

  init(desk: AccountDesk, username: String, address: String) {
    account = SignInLimits.subject(ofAccount: username, desk: desk)
    self.address = desk.keyed("address|\(address)")
    clock = desk.clock
  }

  /// Failures of codes are counted apart from those of passwords.
  init(desk: AccountDesk, secondFactorOf userID: UserID, address: String) {
    account = desk.keyed("second factor|\(userID)")
    self.address = desk.keyed("address|\(address)")
    clock = desk.clock
  }

  static func subject(ofAccount username: String, desk: AccountDesk) -> [UInt8] {
    desk.keyed("account|\(username)")
  }

  /// Nil when an attempt is allowed now.
  func secondsToWait(on connection: inout Connection) throws(DatabaseError) -> Int64? {
    let moment = clock.now()
    let start = moment.adding(seconds: -SignInLimits.windowSeconds)
    let rows = try connection.all(
      """
      SELECT subject, failures, window_started_at FROM sign_in_failures
      WHERE subject IN \(list: [account, address]) AND window_started_at > \(start)
      """, as: ([UInt8], Int64, Timestamp).self)
    let waits = rows.compactMap { subject, failures, startedAt -> Int64? in
      let limit =
        subject == account ? SignInLimits.accountFailuresMax : SignInLimits.addressFailuresMax
      guard failures >= limit else { return nil }
      let end = startedAt.adding(seconds: SignInLimits.windowSeconds)
      return max(1, (end.microseconds - moment.microseconds) / 1_000_000)
    }
    return waits.max()
  }

  /// Counts in windows: a failure after the window is over begins a new one.
  func countFailure(on connection: inout Connection) throws(DatabaseError) {
    let moment = clock.now()
    let start = moment.adding(seconds: -SignInLimits.windowSeconds)
    for subject in [account, address] {
      _ = try connection.execute(
        """
        INSERT INTO sign_in_failures (subject, failures, window_started_at)
        VALUES (\(subject), 1, \(moment))
        ON DUPLICATE KEY UPDATE
          failures = IF(window_started_at > \(start), failures + 1, 1),
          window_started_at = IF(window_started_at > \(start), window_started_at, \(moment))
        """)
    }
  }

  func forgetAccount(on connection: inout Connection) throws(DatabaseError) {
    _ = try connection.execute("DELETE FROM sign_in_failures WHERE subject = \(account)")
  }
}
