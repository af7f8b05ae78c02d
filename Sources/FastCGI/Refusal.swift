import HTTP
import HTTPTypes

/// Why a request never reaches its handler.
enum Refusal: Error, Equatable {
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

  /// The answer, in Chinese unless the client prefers English.
  func response(requestID: String, languages: AcceptLanguage) -> Response {
    let isEnglish = languages.choose(among: ["zh-CN", "en"]) == "en"
    let fault = Body.Fault(code: code, message: isEnglish ? message.english : message.chinese)
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

  private var message: (chinese: String, english: String) {
    switch self {
    case .malformed: ("请求无效", "The request is invalid")
    case .headersTooLarge: ("请求头过大", "The request headers are too large")
    case .bodyTooLarge: ("请求内容过大", "The request body is too large")
    case .tooManyLargeBodies: ("系统繁忙，请稍后再试", "The service is busy; please try again soon")
    case .endedProcess: ("暂时无法处理此请求", "This request cannot be answered for a while")
    }
  }
}
