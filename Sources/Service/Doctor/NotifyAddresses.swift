import Alipay
import Provider
import Vocabulary
import WeChatPay

/// Where a provider calls.
struct NotifyTarget {
  let method: PaymentMethod
  let url: String
  /// The variable to mend; Stripe is told in its dashboard.
  let setting: String

  static func all(_ settings: Settings) -> [NotifyTarget] {
    var targets: [NotifyTarget] = []
    if let alipay = settings.alipay {
      targets.append(
        NotifyTarget(method: .alipay, url: alipay.notifyURL, setting: "ALIPAY_NOTIFY_URL"))
    }
    if let weChatPay = settings.weChatPay {
      targets.append(
        NotifyTarget(
          method: .wechat, url: weChatPay.account.notifyURL, setting: "WECHAT_NOTIFY_URL"))
    }
    if settings.stripe != nil {
      targets.append(
        NotifyTarget(
          method: .stripe, url: settings.baseURL + "/api/payment/webhook/stripe",
          setting: "COINPAY_BASE_URL"))
    }
    return targets
  }

  var name: String { method.rawValue.lowercased() }

  /// The paths that the worker answers for this provider.
  private var paths: [String] {
    let usual = "/api/payment/webhook/\(name)"
    return method == .stripe ? [usual] : [usual, "/api/payment/\(name)/notify"]
  }

  /// What is wrong with the address as a text; nil when nothing is.
  func problem(baseURL: String) -> String? {
    if let problem = NotifyAddress.problem(url) { return "\(url) \(problem)" }
    let path = url.dropFirst(NotifyTarget.origin(url).count)
    guard paths.contains(String(path)) else {
      return "\(url) is not answered; its path has to be \(paths[0])"
    }
    guard NotifyTarget.origin(url).lowercased() == baseURL.lowercased() else {
      return "\(url) is of another host than COINPAY_BASE_URL, \(baseURL)"
    }
    return nil
  }

  func finding(baseURL: String) -> Finding {
    problem(baseURL: baseURL).map { problem in
      .failure(
        .notify, "\(name)_address", problem,
        do: "set \(setting); what is started already keeps its old address")
    } ?? .ok(.notify, "\(name)_address", url)
  }

  /// `https://shop.example:8443` of an address.
  private static func origin(_ url: String) -> Substring {
    guard let colon = url.firstRange(of: "://") else { return "" }
    let end = url[colon.upperBound...].firstIndex(of: "/") ?? url.endIndex
    return url[..<end]
  }
}
