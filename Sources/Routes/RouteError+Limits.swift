import Pages
import Payments

extension RouteError {
  init(_ limit: PurchaseLimit) {
    switch limit {
    case .pendingOrders: self.init(.tooManyPendingOrders)
    case .dailyOrders(_, let seconds), .dailyAmount(let seconds):
      self.init(.purchaseLimit, retryAfterSeconds: seconds)
    case .cancels: self.init(.cancelLimit, retryAfterSeconds: RouteError.cancelRetrySeconds)
    case .amount: self.init(.amountLimit)
    case .openPayments, .methodChanges: self.init(.tooManyPayments)
    case .providerCalls(let seconds): self.init(.rateLimited, retryAfterSeconds: seconds)
    }
  }

  private static let cancelRetrySeconds: Int64 = 3_600
}
