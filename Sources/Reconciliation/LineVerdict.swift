import Payments
import Provider
import Vocabulary

/// What comparing one line of a provider's books with ours came to.
struct LineVerdict: Hashable {
  /// Nil when both say the same.
  var difference: Difference?
  /// The line is to be settled like a notification.
  var settles = false
  /// The books know of our payment or refund, so that it is not missing there.
  var marks = false
  /// The line is of other software on the same account.
  var isForeign = false

  static let agrees = LineVerdict()
  static let foreign = LineVerdict(isForeign: true)
  static let known = LineVerdict(marks: true)

  static func differs(_ difference: Difference, settles: Bool = false, marks: Bool = true) -> Self {
    LineVerdict(difference: difference, settles: settles, marks: marks)
  }
}

extension LineVerdict {
  /// Decides from facts alone. Money that is there and not here goes through the settlement, which
  /// credits it, keeps it in suspense or holds it.
  ///
  /// - Parameter ours: the payment that the line's numbers mean.
  static func ofPayment(_ line: BookLine, _ ours: RecordedPayment?) -> LineVerdict {
    guard let ours else {
      return line.status == .succeeded
        ? .differs(.missingHere, settles: true, marks: false) : .agrees
    }
    switch line.status {
    case .succeeded: return ofSuccess(line, ours)
    // Its money is on the way, and this line will not be written a second time.
    case .pending: return ours.isBooked ? .differs(.statusDiffers) : .known
    case .failed: return ours.isBooked ? .differs(.statusDiffers) : .agrees
    }
  }

  private static func ofSuccess(_ line: BookLine, _ ours: RecordedPayment) -> LineVerdict {
    if let theirs = line.providerTransactionID, let known = ours.providerTransactionID,
      theirs != known
    {
      return .differs(.missingHere, settles: true, marks: false)
    }
    guard line.amount == ReportedAmount(ours.amount) else {
      // A suspicious payment was held for that already.
      let isHeld = ours.isBooked || ours.status == .suspicious
      return .differs(.amountDiffers, settles: !isHeld)
    }
    return ours.isBooked ? .known : .differs(.missingHere, settles: true)
  }

  /// - Parameters:
  ///   - payment: the payment that the line's numbers mean.
  ///   - ours: the refund that it means.
  static func ofRefund(
    _ line: BookLine, _ payment: RecordedPayment?, _ ours: Refund?
  ) -> LineVerdict {
    guard let ours, payment != nil else {
      switch line.status {
      case .succeeded: return .differs(.missingHere, settles: true, marks: false)
      // Nobody will tell how it ends.
      case .pending: return .differs(.missingHere, marks: false)
      case .failed: return .agrees
      }
    }
    guard line.amount == ReportedAmount(ours.amount) else { return .differs(.amountDiffers) }
    switch (line.status, ours.status) {
    case (.succeeded, .succeeded), (.pending, .succeeded), (.pending, .requested),
      (.pending, .pending):
      return .known
    case (.succeeded, .requested), (.succeeded, .pending):
      return .differs(.missingHere, settles: true)
    // The settlement asks the provider how the refund is now.
    case (.succeeded, .failed): return .differs(.statusDiffers, settles: true)
    case (.failed, .succeeded): return .differs(.statusDiffers)
    // A refund that is under way is asked about until it has ended.
    case (.pending, .failed), (.failed, .requested), (.failed, .pending), (.failed, .failed):
      return .agrees
    }
  }

  /// Money that a dispute withdrew stays gone while it is open or lost; a won one brings it back. Where the books say
  /// otherwise than we do, its news was missed: the provider is asked how it is now.
  ///
  /// - Parameters:
  ///   - ours: the disputes of the payment that the line's numbers mean.
  ///   - isFollowed: whether a later line of the same books moves the money of the dispute again.
  ///   - dayEnd: when the books end. How a dispute came to be won after that, they cannot know.
  static func ofDispute(
    _ line: BookLine, _ ours: [Dispute], isFollowed: Bool = false, dayEnd: Timestamp? = nil
  ) -> LineVerdict {
    let dispute = ours.meant(by: line)
    let isWithdrawn = line.status == .succeeded
    guard let dispute, dispute.status != .inquiry else {
      return isWithdrawn ? .differs(.missingHere, settles: true, marks: false) : .agrees
    }
    guard line.amount == dispute.amount else { return .differs(.amountDiffers, marks: false) }
    if isFollowed || isWithdrawn == (dispute.status != .won) { return .agrees }
    let isWonLater =
      if isWithdrawn, let newsAt = dispute.newsAt, let dayEnd { newsAt >= dayEnd } else { false }
    return isWonLater ? .agrees : .differs(.statusDiffers, settles: true, marks: false)
  }
}

extension [Dispute] {
  /// The dispute that a line of the books is about: by its number, where the line bears one.
  func meant(by line: BookLine) -> Dispute? {
    guard let number = line.providerRefundID else { return first }
    return first { $0.disputeID == number }
  }
}
