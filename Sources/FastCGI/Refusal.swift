import HTTP
import HTTPTypes

/// Why a request never reaches its handler.
public enum Refusal: Error, Equatable, Sendable {
  case malformed
  case headersTooLarge
  /// - bytesMax: what the route takes.
  case bodyTooLarge(bytesMax: Int)
  /// As many large bodies are held as there is memory for.
  case tooManyLargeBodies
  /// Such a request ended a process a while ago.
  case endedProcess

  private struct Body: Encodable {
    struct Fault: Encodable {
      let code: String
      let message: String
    }

    enum CodingKeys: String, CodingKey {
      case success, error
      case requestID = "request_id"
    }

    let success = false
    let error: Fault
    let requestID: String
  }

  /// - Parameter message: what a person reads.
  func response(requestID: String, message: String) -> Response {
    let fault = Body.Fault(code: code, message: message)
    let answer = Response.json(Body(error: fault, requestID: requestID), status: status)
    guard let retryAfterSeconds, let name = HTTPField.Name("Retry-After") else { return answer }
    return answer.adding(name, String(retryAfterSeconds))
  }

  private var retryAfterSeconds: Int64? {
    switch self {
    case .malformed, .headersTooLarge, .bodyTooLarge: nil
    case .tooManyLargeBodies: 2
    case .endedProcess: FatalRequests.refusalSeconds
    }
  }

  private var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .headersTooLarge: .requestHeaderFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    case .tooManyLargeBodies, .endedProcess: .serviceUnavailable
    }
  }

  private var code: String {
    switch self {
    case .malformed, .headersTooLarge: "INVALID_REQUEST"
    case .bodyTooLarge: "PAYLOAD_TOO_LARGE"
    case .tooManyLargeBodies, .endedProcess: "OVERLOADED"
    }
  }
}
