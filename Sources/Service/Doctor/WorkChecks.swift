import Payments
import Vocabulary

/// What waits for an operator, and notifications that do not come.
enum WorkChecks {
  static func findings(
    _ work: OpenWork, _ overdue: OverdueWork, _ silences: [NotificationSilence],
    _ left: [LeftAccount]
  ) -> [Finding] {
    [parked(work), suspense(work), refunds(overdue), payments(overdue)] + accounts(left)
      + notifications(silences)
  }

  /// Things of one kind that a finding names one by one.
  private static let namedMax = 5

  private static func refunds(_ overdue: OverdueWork) -> Finding {
    guard !overdue.refunds.isEmpty else {
      return .ok(.work, "refunds", "no refund has been open for too long")
    }
    let named = overdue.refunds.prefix(namedMax).map { refund in
      let cause = refund.cause.map { ", \($0)" } ?? ""
      return "\(refund.outRequestNo) at \(refund.provider) (\(refund.status.rawValue)\(cause))"
    }
    return .failure(
      .work, "refunds",
      "\(overdue.refunds.count) refunds do not come to their end: "
        + named.joined(separator: ", "),
      do: "look at them at the provider; one that it does not know: "
        + "coinpay order give-up-refund")
  }

  private static func payments(_ overdue: OverdueWork) -> Finding {
    guard !overdue.payments.isEmpty else {
      return .ok(.work, "payments", "no payment is open long after its order's end")
    }
    let named = overdue.payments.prefix(namedMax).map { "\($0.outTradeNo) at \($0.provider)" }
    return .failure(
      .work, "payments",
      "\(overdue.payments.count) payments are still open long after their orders' end: "
        + named.joined(separator: ", "),
      do: "look at them at the provider; then: coinpay order resettle")
  }

  private static func accounts(_ left: [LeftAccount]) -> [Finding] {
    guard !left.isEmpty else {
      return [.ok(.work, "accounts", "all that is open belongs to accounts that are configured")]
    }
    return left.map { account in
      .failure(
        .work, "accounts",
        "\(account.payments) payments and \(account.refunds) refunds are open at account "
          + "\(account.name) of \(account.method), which is not configured: nobody asks about them",
        do: "put its settings back until they have ended; or look at them at the provider and "
          + "confirm those that were paid on their orders' pages in the console")
    }
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
      Console.counted(work.suspense.count, "amount", "amounts")
        + " arrived that no order could be credited with",
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
        + "journalctl -u 'coinpay-webhook@*' -g 'notification refused'"
      return silence.payments >= NotificationSilence.paymentsMax
        ? .failure(.notifications, name, text, do: action)
        : .warning(.notifications, name, text, do: action)
    }
  }
}
