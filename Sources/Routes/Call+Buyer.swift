import Accounts
import HTTP
import HTTPTypes
import Pages
import Payments
import Provider

extension Call {
  /// The user as someone who pays.
  func buyer(_ user: User) -> Buyer {
    Buyer(
      userID: user.id, prefersChinese: language == .chinese,
      payer: PayerContext(
        isMobile: UserAgent.isMobile(request.headers[.userAgent]), address: request.remoteAddress))
  }
}

/// What is read from a browser's `User-Agent`.
enum UserAgent {
  /// Whether it is a phone's browser. Tablets count as such when they say so themselves.
  static func isMobile(_ text: String?) -> Bool {
    guard let text else { return false }
    return ["Mobile", "Android", "iPhone", "iPod", "HarmonyOS"].contains { text.contains($0) }
  }
}
