import Crypto
import Database
import Vocabulary

/// Somebody who tries to prove who they are.
public struct Visitor: Sendable {
  /// Where from; attempts are counted by it.
  let network: ClientNetwork
  /// What a browser that signed in before was given; see `DeviceMark`.
  let deviceMark: String?
  /// Whether nobody waits for the answer any more.
  let isGone: @Sendable () -> Bool

  /// - Parameter address: as the web server writes it.
  public init(
    address: String, deviceMark: String? = nil,
    isGone: @escaping @Sendable () -> Bool = { false }
  ) {
    network = ClientNetwork(address: address)
    self.deviceMark = deviceMark
    self.isGone = isGone
  }
}

/// Slows down guessing. An attempt is counted before it is looked at, and taken back when it was right,
/// so that many at once are no way around.
///
/// Failures count for a name together with where they come from: whoever guesses at a name keeps nobody
/// else from signing in with it. They count for the place alone too, and `SignInTide` bounds those of
/// all places together. A browser that signed in with the name before counts by itself.
struct SignInLimits {
  static let nameFailuresMax: Int64 = 5
  static let networkFailuresMax: Int64 = 30
  /// Passwords that the user of a session gives again, right ones too: each is a hash that others wait for.
  static let userProofsMax: Int64 = 20
  static let windowSeconds: Int64 = 15 * 60
  static let window = Schedule(longestPauseSeconds: windowSeconds)

  private struct Counter {
    let subject: [UInt8]
    let failuresMax: Int64
  }

  private let counters: [Counter]
  private let clock: WallClock

  /// - Parameter userID: of the user of that name, if there is one.
  init(desk: AccountDesk, username: String, userID: UserID?, visitor: Visitor) {
    if let userID, let mark = desk.genuine(visitor.deviceMark, of: userID) {
      counters = [
        Counter(subject: desk.keyed("device|\(mark)"), failuresMax: SignInLimits.nameFailuresMax)
      ]
    } else {
      counters = [
        Counter(
          subject: desk.keyed("name|\(visitor.network)|\(username)"),
          failuresMax: SignInLimits.nameFailuresMax),
        SignInLimits.networkCounter(desk, visitor),
      ]
    }
    clock = desk.clock
  }

  /// Failures of codes are counted apart from those of passwords: whoever gives codes knows the password.
  init(desk: AccountDesk, secondFactorOf userID: UserID, visitor: Visitor) {
    self.init(desk: desk, codes: "second factor", of: userID, visitor: visitor)
  }

  /// Failures of enrolment codes, which say nothing about those of a device.
  init(desk: AccountDesk, enrolmentOf userID: UserID, visitor: Visitor) {
    self.init(desk: desk, codes: "enrolment", of: userID, visitor: visitor)
  }

  /// A browser with a mark of the user is not counted with its neighbours. Its codes count with those of
  /// the user's other browsers: whoever knows the password gets a new mark for each guess.
  private init(desk: AccountDesk, codes: String, of userID: UserID, visitor: Visitor) {
    let own = Counter(
      subject: desk.keyed("\(codes)|\(userID)"), failuresMax: SignInLimits.nameFailuresMax)
    let isKnownDevice = desk.genuine(visitor.deviceMark, of: userID) != nil
    counters = isKnownDevice ? [own] : [own, SignInLimits.networkCounter(desk, visitor)]
    clock = desk.clock
  }

  /// Counts the passwords that the user of a session gives again; nothing is given back of these.
  init(desk: AccountDesk, proofsOf userID: UserID, visitor: Visitor) {
    counters = [
      Counter(
        subject: desk.keyed("proof|\(visitor.network)|\(userID)"),
        failuresMax: SignInLimits.userProofsMax)
    ]
    clock = desk.clock
  }

  private static func networkCounter(_ desk: AccountDesk, _ visitor: Visitor) -> Counter {
    Counter(
      subject: desk.keyed("network|\(visitor.network)"), failuresMax: networkFailuresMax)
  }

  /// Counts an attempt as if it had failed already.
  /// - Returns: nil when it may be made, else for how many seconds none may.
  func take(on connection: inout Connection) throws(DatabaseError) -> Int64? {
    let moment = clock.now()
    // In one order, or two attempts would wait for each other.
    let ordered = counters.sorted { $0.subject.lexicographicallyPrecedes($1.subject) }
    return try connection.transaction {
      (transaction) throws(DatabaseError) -> Completion<Int64?> in
      var waits: [Int64] = []
      for counter in ordered {
        try SignInLimits.count(counter.subject, in: &transaction, at: moment)
        let row = try transaction.first(
          """
          SELECT failures, window_started_at FROM sign_in_failures
          WHERE subject = \(counter.subject)
          """, as: (Int64, Timestamp).self)
        guard let (failures, startedAt) = row, failures > counter.failuresMax else { continue }
        let end = startedAt.adding(seconds: SignInLimits.windowSeconds)
        waits.append(max(1, (end.microseconds - moment.microseconds) / 1_000_000))
      }
      if let wait = waits.max() { return .rollback(wait) }
      return .commit(nil)
    }
  }

  /// Counts in windows: a failure after the window is over begins a new one.
  private static func count(
    _ subject: [UInt8], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    let isOver = window.isOver(since: "window_started_at", at: moment)
    _ = try transaction.execute(
      """
      INSERT INTO sign_in_failures (subject, failures, window_started_at)
      VALUES (\(subject), 1, \(moment))
      ON DUPLICATE KEY UPDATE
        failures = IF(\(isOver), 1, failures + 1),
        window_started_at = IF(\(isOver), \(moment), window_started_at)
      """)
  }

  /// Takes an attempt back that was no failure, because it was right or was never looked at.
  /// - Parameter isRight: whether it also makes good what failed before under the name.
  func giveBack(isRight: Bool, on connection: inout Connection) throws(DatabaseError) {
    for (index, counter) in counters.enumerated() {
      let isForgotten = isRight && index == 0
      let condition: SQL = isForgotten ? "" : "AND failures <= 1"
      let removed = try connection.execute(
        "DELETE FROM sign_in_failures WHERE subject = \(counter.subject) \(condition)")
      guard removed.affectedRows == 0 else { continue }
      _ = try connection.execute(
        """
        UPDATE sign_in_failures SET failures = failures - 1
        WHERE subject = \(counter.subject) AND failures > 1
        """)
    }
  }
}
