public import HTTP
public import HTTPSClient
import HTTPTypes
public import Provider
public import Vocabulary

/// Stripe by PaymentIntents with the Payment Element, or by Checkout Sessions.
///
/// A payment is stored by the number of what it was begun with, `pi_…` or `cs_…`, and everything about
/// it is translated to that number.
public struct StripeProvider: PaymentProvider {
  let configuration: StripeConfiguration
  let client: HTTPSClient
  let identity = StripeIdentity()

  /// The version of the API that our requests and the shapes in `StripeWire` belong to: the newest that
  /// was checked, with Stripe's own SDK.
  static let apiVersion = "2026-10-28.endive"
  static let orderNumberKey = "order_no"
  static let outTradeNoKey = "out_trade_no"
  static let outRequestNoKey = "out_request_no"
  /// Marks the PaymentIntents, charges and refunds of Checkout Sessions.
  static let checkoutKey = "checkout"
  /// Largest answer that is read, in bytes.
  private static let responseBytesMax = 4 * 1024 * 1024

  /// - Parameter client: bounds, trust and reports of the calls.
  public init(_ configuration: StripeConfiguration, client: HTTPSClientConfiguration) {
    self.configuration = configuration
    var client = client
    client.responseBytesMax = StripeProvider.responseBytesMax
    self.client = HTTPSClient(client)
  }

  public var method: PaymentMethod { .stripe }
  public var currency: Currency { configuration.currency }
  public var isAvailable: Bool { client.isAvailable }
  public var closeableAfterSeconds: Int64 { 0 }

  /// Stripe says once whose the secret key is; events name only connected accounts.
  public var account: ProviderAccount {
    ProviderAccount(merchant: identity.account ?? "", isLive: configuration.isLive)
  }

  public func startLocally(_ payment: PaymentRequest) -> StartedPayment? { nil }

  /// Any 2xx tells Stripe to stop sending.
  public func acknowledgement(_ acknowledgement: Acknowledgement) -> Response {
    switch acknowledgement {
    case .accepted: .json(["received": true])
    case .refused(let refusal): .json(["error": refusal.rawValue], status: .badRequest)
    case .tryAgain: .json(["error": "try_again"], status: .serviceUnavailable)
    }
  }
}
