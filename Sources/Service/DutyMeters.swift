import Duties
import Prometheus
import Vocabulary

/// What duties noted, for Prometheus. A duty that never ran, as in development, has no figures.
enum DutyMeters {
  private static let ended = MetricFamily(
    "coinpay_duty_ended_timestamp_seconds", .gauge, "When a duty ended last, however.")
  private static let succeeded = MetricFamily(
    "coinpay_duty_succeeded_timestamp_seconds", .gauge, "When a duty ended well last.")
  private static let isWell = MetricFamily(
    "coinpay_duty_success", .gauge, "Whether a duty ended well the last time.")
  private static let certificateEnd = MetricFamily(
    "coinpay_certificate_expiry_timestamp_seconds", .gauge,
    "When the certificate ends that visitors are shown.")
  private static let restoreSeconds = MetricFamily(
    "coinpay_restore_drill_duration_seconds", .gauge, "How long the last restore drill took.")
  private static let backupBytes = MetricFamily(
    "coinpay_backup_size_bytes", .gauge, "Size of the last full backup.")

  /// - Parameter folder: of all duties.
  static func samples(_ folder: String) -> [MetricSample] {
    Duty.allCases.flatMap { samples($0, DutyFacts(of: $0, in: folder)) }
  }

  private static func samples(_ duty: Duty, _ facts: DutyFacts) -> [MetricSample] {
    var samples: [MetricSample] = []
    func add(_ family: MetricFamily, _ labels: [MetricLabel], _ value: Int64?) {
      if let value { samples.append(MetricSample(family, labels, Double(value))) }
    }
    let label = [MetricLabel("duty", duty.rawValue)]
    add(ended, label, facts.endedAt?.unixSeconds)
    add(succeeded, label, facts.succeededAt?.unixSeconds)
    add(isWell, label, facts.result.map { $0 == "success" ? 1 : 0 })
    switch duty {
    case .certificates:
      add(certificateEnd, [MetricLabel("certificate", "site")], facts.number("site_expires"))
    case .drill: add(restoreSeconds, [], facts.number("seconds"))
    case .backupFull: add(backupBytes, [], facts.number("bytes"))
    case .verify, .reconcile, .purge, .expiry, .doctor, .backupIncremental: break
    }
    return samples
  }
}
