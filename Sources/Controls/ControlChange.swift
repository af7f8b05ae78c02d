public import Database
public import Vocabulary

/// One turn of a control by an operator.
public enum ControlChange: Hashable, Sendable {
  case methodOff(PaymentMethod)
  case methodOn(PaymentMethod)
  /// Nil: nothing in particular is offered in the method's place.
  case backup(of: PaymentMethod, PaymentMethod?)
  /// The methods to offer first, in this order.
  case order([PaymentMethod])
  /// - Parameter forMinutes: nil for until somebody ends it.
  case pause(SiteMode, Notice?, forMinutes: Int64?)
  /// Users change nothing and nothing settles, so that data can be repaired.
  case stopPayments(Notice?)
  /// The site is open again and settles.
  case resume

  /// Why a change makes no sense.
  public enum Problem: Error, Hashable, Sendable {
    case backupIsItself
    case methodNamedTwice
    case minutesOutOfBounds
    case modeIsOpen
  }

  /// Longest pause that ends by itself, in minutes: a week.
  public static let minutesMax: Int64 = 7 * 24 * 60

  public var problem: Problem? {
    switch self {
    case .backup(let method, let backup): method == backup ? .backupIsItself : nil
    case .order(let methods): Set(methods).count == methods.count ? nil : .methodNamedTwice
    case .pause(.open, _, _): .modeIsOpen
    case .pause(_, _, let minutes?):
      (1...ControlChange.minutesMax).contains(minutes) ? nil : .minutesOutOfBounds
    case .methodOff, .methodOn, .pause, .stopPayments, .resume: nil
    }
  }

  /// Turns the control. What an operator does is `apply` in Operators.
  ///
  /// - Precondition: `problem` is nil.
  public func write(
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    switch self {
    case .methodOff(let method): try setOff(method, true, in: &transaction, at: moment)
    case .methodOn(let method): try setOff(method, false, in: &transaction, at: moment)
    case .backup(let method, let backup):
      _ = try transaction.execute(
        """
        INSERT INTO method_controls (method, backup, updated_at)
        VALUES (\(method), \(backup), \(moment))
        ON DUPLICATE KEY UPDATE backup = \(backup), updated_at = \(moment)
        """)
    case .order(let methods): try setOrder(methods, in: &transaction, at: moment)
    case .pause(let mode, let notice, let minutes):
      let end = minutes.map { moment.adding(seconds: $0 * 60) }
      _ = try transaction.execute(
        """
        UPDATE site_controls SET mode = \(mode), ends_at = \(end), notice_zh = \(notice?.text.chinese),
          notice_en = \(notice?.text.english), other_notices = \(notice?.text.storedOthers),
          settlement_stopped = FALSE, updated_at = \(moment)
        """)
    case .stopPayments(let notice):
      _ = try transaction.execute(
        """
        UPDATE site_controls SET mode = \(SiteMode.readOnly), ends_at = NULL,
          notice_zh = \(notice?.text.chinese), notice_en = \(notice?.text.english),
          other_notices = \(notice?.text.storedOthers),
          settlement_stopped = TRUE, updated_at = \(moment)
        """)
    case .resume:
      _ = try transaction.execute(
        """
        UPDATE site_controls SET mode = \(SiteMode.open), ends_at = NULL, notice_zh = NULL,
          notice_en = NULL, other_notices = NULL, settlement_stopped = FALSE, updated_at = \(moment)
        """)
    }
  }

  private func setOff(
    _ method: PaymentMethod, _ isOff: Bool, in transaction: inout Transaction,
    at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.execute(
      """
      INSERT INTO method_controls (method, is_off, updated_at)
      VALUES (\(method), \(isOff), \(moment))
      ON DUPLICATE KEY UPDATE is_off = \(isOff), updated_at = \(moment)
      """)
  }

  private func setOrder(
    _ methods: [PaymentMethod], in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    _ = try transaction.execute("UPDATE method_controls SET position = NULL")
    for (place, method) in methods.enumerated() {
      _ = try transaction.execute(
        """
        INSERT INTO method_controls (method, position, updated_at)
        VALUES (\(method), \(place), \(moment))
        ON DUPLICATE KEY UPDATE position = \(place), updated_at = \(moment)
        """)
    }
  }
}
