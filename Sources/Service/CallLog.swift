import HTTPSClient
import LogLines
import Logging
import Payments
import Provider

/// One line for each call to a provider, with our number of the request and theirs.
enum CallLog {
  static func write(_ call: CallReport, to logger: Logger) {
    Metering.count(call)
    var fields: LogFields = [
      .provider: "\(call.provider)", .method: "\(call.method)", .url: "\(call.address)",
      .durationMilliseconds: "\(call.duration.inMilliseconds)",
    ]
    if let purpose = CallPurpose.current {
      fields[.operation] = "\(purpose.operation.rawValue)"
      if let number = purpose.outTradeNo {
        fields[.outTradeNumber] = "\(number)"
        fields[.orderNumber] = Payment.orderNumber(ofOutTradeNo: number).map { "\($0)" }
      }
    }
    if let id = call.requestID { fields[.requestID] = "\(id)" }
    if let id = call.providerRequestID { fields[.providerRequestID] = "\(id)" }
    switch call.result {
    case .success(let status):
      fields[.status] = "\(status)"
      logger.write(status < 500 ? .info : .warning, "provider called", fields)
    case .failure(let error):
      fields[.error] = "\(error)"
      logger.write(.warning, "provider did not answer", fields)
    }
  }
}
