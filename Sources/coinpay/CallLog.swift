import HTTPSClient
import Logging
import Provider

/// One line for each call to a provider, with our number of the request and theirs.
enum CallLog {
  static func write(_ call: CallReport, to logger: Logger) {
    Metering.count(call)
    let (seconds, attoseconds) = call.duration.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    var metadata: Logger.Metadata = [
      "provider": "\(call.provider)", "method": "\(call.method)", "address": "\(call.address)",
      "duration_ms": "\(milliseconds)",
    ]
    if let purpose = CallPurpose.current {
      metadata["operation"] = "\(purpose.operation.rawValue)"
      if let number = purpose.outTradeNo { metadata["out_trade_no"] = "\(number)" }
    }
    if let id = call.requestID { metadata["request_id"] = "\(id)" }
    if let id = call.providerRequestID { metadata["provider_request_id"] = "\(id)" }
    switch call.result {
    case .success(let status):
      metadata["status"] = "\(status)"
      logger.log(
        level: status < 500 ? .info : .warning, "provider called", metadata: metadata)
    case .failure(let error):
      metadata["error"] = "\(error)"
      logger.warning("provider did not answer", metadata: metadata)
    }
  }
}
