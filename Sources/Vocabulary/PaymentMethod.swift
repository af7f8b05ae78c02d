/// How a user pays, and at the same time the name of the provider that handles it.
public enum PaymentMethod: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case alipay = "ALIPAY"
  case wechat = "WECHAT"
  case stripe = "STRIPE"
  /// Development only.
  case mock = "MOCK"

  public var description: String { rawValue }
}
