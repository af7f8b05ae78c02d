import Crypto

/// One numbered change of the schema, embedded in the binary.
public struct Migration: Sendable {
  /// Position in the order of application, from 1, ascending; numbers may be left out.
  public let number: Int64
  public let name: String
  public let text: String
  /// The last migration that a binary must know to run once this one is applied; 0 lets every older
  /// binary run. Only a migration that takes something away needs more, and it may take away
  /// only what the previous version no longer uses: that one still runs during an upgrade.
  public let oldestBinary: Int64

  /// SHA-256 of the text: a migration that was applied must never change afterwards.
  public var checksum: [UInt8] { SHA256.digest(Array(text.utf8)) }

  /// Every migration, in order. A new one adds a file under `Migrations` and a line here.
  public static let all: [Migration] = [
    Migration(number: 1, name: "initial", bytes: PackageResources._001_initial_sql),
    Migration(number: 2, name: "payment_life", bytes: PackageResources._002_payment_life_sql),
    Migration(number: 3, name: "suspense", bytes: PackageResources._003_suspense_sql),
    Migration(number: 4, name: "limits", bytes: PackageResources._004_limits_sql),
    Migration(number: 5, name: "operators", bytes: PackageResources._005_operators_sql),
    Migration(number: 6, name: "controls", bytes: PackageResources._006_controls_sql),
    Migration(number: 7, name: "custody", bytes: PackageResources._007_custody_sql),
    Migration(number: 8, name: "console", bytes: PackageResources._008_console_sql),
    Migration(
      number: 9, name: "reconciliation", bytes: PackageResources._009_reconciliation_sql),
    Migration(number: 10, name: "statistics", bytes: PackageResources._010_statistics_sql),
    Migration(
      number: 11, name: "presentation_end", bytes: PackageResources._011_presentation_end_sql),
    Migration(number: 12, name: "confirmations", bytes: PackageResources._012_confirmations_sql),
    Migration(number: 13, name: "audit_chain", bytes: PackageResources._013_audit_chain_sql),
    Migration(
      number: 14, name: "notification_arrival",
      bytes: PackageResources._014_notification_arrival_sql),
    Migration(number: 15, name: "order_prices", bytes: PackageResources._015_order_prices_sql),
    Migration(number: 16, name: "overdue", bytes: PackageResources._016_overdue_sql),
    Migration(number: 17, name: "refund_calls", bytes: PackageResources._017_refund_calls_sql),
    Migration(number: 18, name: "claims", bytes: PackageResources._018_claims_sql),
    Migration(number: 19, name: "sessions", bytes: PackageResources._019_sessions_sql),
    Migration(
      number: 20, name: "start_requests", bytes: PackageResources._020_start_requests_sql),
    Migration(
      number: 21, name: "paid_and_returned", bytes: PackageResources._021_paid_and_returned_sql),
    Migration(number: 22, name: "seals", bytes: PackageResources._022_seals_sql),
    Migration(
      number: 23, name: "payment_applications",
      bytes: PackageResources._023_payment_applications_sql),
    Migration(
      number: 24, name: "operator_requests",
      bytes: PackageResources._024_operator_requests_sql),
    Migration(
      number: 25, name: "foreign_and_changed",
      bytes: PackageResources._025_foreign_and_changed_sql),
    Migration(
      number: 26, name: "staff_passwords", bytes: PackageResources._026_staff_passwords_sql),
    Migration(
      number: 27, name: "other_languages", bytes: PackageResources._027_other_languages_sql),
  ]

  public init(number: Int64, name: String, text: String, oldestBinary: Int64 = 0) {
    self.number = number
    self.name = name
    self.text = text
    self.oldestBinary = oldestBinary
  }

  private init(number: Int64, name: String, bytes: [UInt8], oldestBinary: Int64 = 0) {
    self.init(
      number: number, name: name, text: String(decoding: bytes, as: UTF8.self),
      oldestBinary: oldestBinary)
  }

  /// The statements of the text: split at semicolons, comment lines left out.
  ///
  /// Migrations hold no semicolon inside a literal; a test checks that each statement begins with a
  /// keyword of SQL.
  var statements: [String] {
    let code = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("--") }
      .joined(separator: "\n")
    return code.split(separator: ";").compactMap { statement in
      let isBlank = statement.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0A }
      return isBlank ? nil : String(statement)
    }
  }
}
