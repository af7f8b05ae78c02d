public import Database
import Vocabulary

extension SiteMode: Bindable, ColumnDecodable {}

extension Controls {
  /// The controls as the tables have them.
  public static func load(
    in executor: inout some SQLExecutor & ~Copyable
  ) throws(DatabaseError) -> Controls {
    let site = try executor.first(
      """
      SELECT mode, ends_at, notice_zh, notice_en, settlement_stopped, other_notices
      FROM site_controls WHERE id = 1
      """, as: (SiteMode, Timestamp?, String?, String?, Bool, String?).self)
    guard let site else { throw DatabaseError.inconsistent("site_controls has lost its row") }
    let notice = site.2.flatMap { chinese in
      site.3.flatMap {
        Notice(LocalText(chinese: chinese, english: $0, storedOthers: site.5))
      }
    }
    let rows = try executor.all(
      "SELECT method, is_off, backup, position FROM method_controls",
      as: (PaymentMethod, Bool, PaymentMethod?, Int64?).self)
    return Controls(
      switchedMode: site.0, until: site.1, notice: notice, settlementIsStopped: site.4,
      methods: rows.map { row in
        MethodControl(method: row.0, isOff: row.1, backup: row.2, position: row.3)
      })
  }

  /// Whether settling is stopped; it cannot be stopped before the transaction has ended.
  ///
  /// Every transaction that settles asks first of all, before it takes any other lock: stopping waits
  /// for those that have begun, and those that come later see it.
  public static func settlementIsStopped(
    in transaction: inout Transaction
  ) throws(DatabaseError) -> Bool {
    let isStopped = try transaction.first(
      "SELECT settlement_stopped FROM site_controls WHERE id = 1 LOCK IN SHARE MODE",
      as: Bool.self)
    return isStopped ?? false
  }
}
