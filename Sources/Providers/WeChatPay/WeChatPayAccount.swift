import Crypto
import HTTP
public import Provider
import Vocabulary

/// What both versions of the interface need to know about us.
public struct WeChatPayAccount: Sendable {
  let appID: String
  let merchantID: String
  /// `https://api.mch.weixin.qq.com`, without a slash at the end.
  let gatewayURL: String
  public let mode: ProviderMode
  public let notifyURL: String

  public static let gatewayURLStandard = "https://api.mch.weixin.qq.com"

  public init(
    appID: String, merchantID: String, gatewayURL: String, mode: ProviderMode, notifyURL: String
  ) {
    self.appID = appID
    self.merchantID = merchantID
    self.gatewayURL = gatewayURL
    self.mode = mode
    self.notifyURL = notifyURL
  }

  var providerAccount: ProviderAccount {
    ProviderAccount(merchant: merchantID, application: appID, isLive: mode == .live)
  }

  /// Which mode an address is known for; nil for one that WeChat Pay does not document, such as a proxy.
  /// It has standby hosts (备用域名), and the sandbox of v2 (仿真测试) is a path of each.
  public static func mode(ofGateway url: String) -> ProviderMode? {
    let address = GatewayAddress(url)
    if address.pathParts.contains(where: sandboxPathParts.contains) { return .sandbox }
    return address.isWithin("mch.weixin.qq.com") ? .live : nil
  }

  private static let sandboxPathParts: Set = ["sandboxnew", "apiv2sandbox"]

  /// 32 characters that nobody can guess.
  static func nonce() throws(CryptoError) -> String { Hex.encode(try randomBytes(count: 16)) }
}

/// What WeChat Pay shows the buyer and how long they may take.
enum WeChatPayOrder {
  /// Longest description, in bytes of UTF-8.
  private static let descriptionBytesMax = 127
  private static let lineBreaks: Set<Unicode.Scalar> = [
    "\t", "\n", "\u{B}", "\u{C}", "\r", "\u{85}", "\u{2028}", "\u{2029}",
  ]
  /// Source: pay.weixin.qq.com/doc/v2/merchant/4011987803.
  static let closeableAfterSeconds: Int64 = 300
  /// WeChat Pay wants more than a minute between the beginning and the deadline.
  private static let payableSecondsMin: Int64 = 90
  /// A `code_url` is valid for two hours, an `mweb_url` or `h5_url` for five minutes.
  /// Source: pay.weixin.qq.com/doc/v3/merchant/4012791877 and 4012791834.
  private static let codeUsableSeconds: Int64 = 7_200
  private static let addressUsableSeconds: Int64 = 300

  static func description(_ payment: PaymentRequest) -> String {
    let number = " \(payment.orderNumber)"
    let plain = payment.subject.unicodeScalars.filter { !lineBreaks.contains($0) }
    let limit = TextLimit(descriptionBytesMax - number.utf8.count, .utf8Bytes)
    return limit.cut(String(String.UnicodeScalarView(plain))) + number
  }

  /// The same for a payment however often it is started: another deadline would be another order.
  static func deadline(_ payment: PaymentRequest) -> Timestamp {
    max(payment.expiresAt, payment.createdAt.adding(seconds: payableSecondsMin))
  }

  /// A payment that WeChat Pay has made, with how long its code or address is good for.
  static func started(_ presentation: Presentation) -> StartOutcome {
    let usableSeconds =
      switch presentation {
      case .qrCode: codeUsableSeconds
      default: addressUsableSeconds
      }
    return .started(
      StartedPayment(
        providerTransactionID: nil, presentation: presentation, usableSeconds: usableSeconds))
  }

  /// The browser comes back to our page.
  static func returning(_ url: String, to returnURL: String) -> String {
    url + (url.contains("?") ? "&" : "?") + "redirect_url=" + PercentCoding.encode(returnURL)
  }
}
