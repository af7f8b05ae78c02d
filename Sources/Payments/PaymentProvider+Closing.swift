import Provider
import Vocabulary

extension PaymentProvider {
  /// From when on the provider closes a payment, and not before now. One that was begun by a clock that
  /// was ahead has an age that nobody knows: the provider itself says whether it is too early.
  func closeableAt(_ payment: Payment, at moment: Timestamp) -> Timestamp {
    let wait = Schedule(longestPauseSeconds: closeableAfterSeconds)
    if wait.isOver(since: payment.createdAt, at: moment) { return moment }
    return wait.bounded(payment.createdAt.adding(seconds: closeableAfterSeconds), at: moment)
  }
}
