import Payments
import Vocabulary

extension OrderDocument {
  /// A call to a provider, with both sides' numbers of the request.
  struct Call: Encodable {
    let paymentMethod: String
    let operation: String
    let outTradeNo: String?
    let address: String
    let requestId: String?
    let providerRequestId: String?
    let status: Int64?
    let error: String?
    let durationMs: Int64
    let createdAt: String

    enum CodingKeys: String, CodingKey {
      case operation, address, status, error
      case paymentMethod = "payment_method"
      case outTradeNo = "out_trade_no"
      case requestId = "request_id"
      case providerRequestId = "provider_request_id"
      case durationMs = "duration_ms"
      case createdAt = "created_at"
    }

    init(_ call: ProviderCall, _ zone: TimeZoneOffset) {
      paymentMethod = call.provider
      operation = call.operation
      outTradeNo = call.outTradeNo
      address = call.address
      requestId = call.requestID
      providerRequestId = call.providerRequestID
      switch call.result {
      case .answered(let number): (status, error) = (number, nil)
      case .unanswered(let text): (status, error) = (nil, text)
      }
      durationMs = call.durationMilliseconds
      createdAt = zone.rfc3339(call.createdAt)
    }
  }
}
