import Accounts
import HTTP
import HTTPTypes
import Pages
import Payments
import Provider
public import Vocabulary

extension Call {
  /// The user as someone who pays.
  func buyer(_ user: User) -> Buyer {
    Buyer(
      userID: user.id, language: language.code,
      payer: PayerContext(
        isMobile: UserAgent.isMobile(request.headers[.userAgent]), address: request.remoteAddress))
  }
}

extension Call {
  /// The method that somebody named.
  /// - Throws: when this version knows none of that name.
  public func method(named text: String) throws(RouteError) -> PaymentMethod {
    guard let method = site.faces.method(named: text) else {
      throw RouteError(.invalidPaymentMethod)
    }
    return method
  }

  /// What the browser is, for the list of a user's sessions.
  var device: String { UserAgent.device(request.headers[.userAgent]) }

  /// Whether the page is read inside an app whose browser opens no other app: what hands over to one
  /// comes to nothing there.
  func isInsideApp(payingBy method: PaymentMethod) -> Bool {
    UserAgent.isWeChat(request.headers[.userAgent]) && site.faces[method]?.opensApp == true
  }
}

/// What is read from a browser's `User-Agent`.
enum UserAgent {
  /// Names with what tells them; the first that fits wins, since each browser also claims to be others.
  private static let browsers = [
    ("WeChat", "MicroMessenger/"), ("Alipay", "AlipayClient/"), ("Edge", "Edg"), ("Opera", "OPR/"),
    ("Firefox", "Firefox/"), ("Firefox", "FxiOS/"), ("Chrome", "CriOS/"), ("Chrome", "Chrome/"),
    ("Safari", "Safari/"), ("curl", "curl/"),
  ]
  private static let systems = [
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows"), ("macOS", "Mac OS X"), ("Linux", "Linux"),
  ]

  /// Such as `Firefox · Linux`; empty when nothing is known.
  static func device(_ text: String?) -> String {
    guard let text else { return "" }
    return [browsers, systems].compactMap { names in
      names.first { text.contains($0.1) }?.0
    }.joined(separator: " · ")
  }

  /// Whether it is the browser inside WeChat.
  static func isWeChat(_ text: String?) -> Bool { text?.contains("MicroMessenger/") ?? false }

  /// Whether it is a phone's browser. Tablets count as such when they say so themselves.
  static func isMobile(_ text: String?) -> Bool {
    guard let text else { return false }
    return ["Mobile", "Android", "iPhone", "iPod", "HarmonyOS"].contains { text.contains($0) }
  }
}
