import Payments
import Vocabulary

/// What waits for an operator, and notifications that do not come.
enum WorkChecks {
  static func findings(_ work: OpenWork, _ silences: [NotificationSilence]) -> [Finding] {
    [parked(work), suspense(work)] + notifications(silences)
  }

  private static func parked(_ work: OpenWork) -> Finding {
    guard work.queue.parked > 0 else { return .ok(.work, "queue", "no event was given up") }
    return .warning(
      .work, "queue", "\(work.queue.parked) events could not be settled and were given up",
      do: "coinpay queue status; mend the cause; coinpay queue retry")
  }

  private static func suspense(_ work: OpenWork) -> Finding {
    guard work.suspense.count > 0 else { return .ok(.work, "suspense", "no money is in suspense") }
    return .warning(
      .work, "suspense",
      "\(work.suspense.count) amounts arrived that no order could be credited with",
      do: "coinpay suspense list")
  }

  private static func notifications(_ silences: [NotificationSilence]) -> [Finding] {
    guard !silences.isEmpty else {
      return [.ok(.notifications, "arrival", "no payment had to be asked for since the last one")]
    }
    return silences.map { silence in
      let name = silence.provider.rawValue.lowercased()
      let text =
        "\(silence.payments) payments of \(silence.provider) since \(silence.since) were "
        + "found by asking only: no notification came"
      let action =
        "look at the findings about notify addresses, and at refused notifications: "
        + "journalctl -u 'coinpay@*' -g 'notification refused'"
      return silence.payments >= NotificationSilence.paymentsMax
        ? .failure(.notifications, name, text, do: action)
        : .warning(.notifications, name, text, do: action)
    }
  }
}
