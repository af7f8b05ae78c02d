public import HTTP

/// A provider that signs what its page hands to the browser on the way back to us.
public protocol SignedReturnProvider: PaymentProvider {
  /// Our number of the payment that a genuine return is about, to show its order. It proves no
  /// payment.
  func outTradeNo(ofReturn query: QueryParameters) -> String?
}
