import Crypto
import HTTP
import HTTPSClient
import Routes
import Vocabulary

/// A request as a provider sends it, with bytes that proxies and filters like to change.
struct NotifyProbe {
  let userAgent: String
  let contentType: String
  let body: [UInt8]

  /// Alipay's: a form in GBK, whose `+`, `%2B` and case of hexadecimal digits its signature covers.
  private static let form = NotifyProbe(
    userAgent: "Mozilla/4.0", contentType: "application/x-www-form-urlencoded; charset=gbk",
    body: Array(
      ("coinpay_probe=1&subject=%BD%F0%B1%D2+100&plus=a+b&encoded=a%2Bb%2fc&empty=&sign=ab%2Bcd%3D%3D"
        + "&list=%5B%7B%22amount%22%3A+%220.01%22%7D%5D").utf8))

  /// WeChat Pay's, interface v2.
  private static let xml = NotifyProbe(
    userAgent: "Mozilla/4.0", contentType: "text/xml",
    body: Array(
      "<xml><coinpay_probe><![CDATA[金币 & <100>]]></coinpay_probe>\n  <empty></empty>\r\n</xml>\n"
        .utf8))

  /// WeChat Pay's of interface v3, and Stripe's: spaces, escapes and the line at the end are signed.
  private static func json(userAgent: String, contentType: String) -> NotifyProbe {
    NotifyProbe(
      userAgent: userAgent, contentType: contentType,
      body: Array(
        ("{\n  \"coinpay_probe\": true,\n  \"text\": \"金币\\u91d1 \\/ <a href='#'>+</a>\",  \"number\": 1.10 \n}\n")
          .utf8))
  }

  static func all(of method: PaymentMethod) -> [NotifyProbe] {
    switch method {
    case .alipay: [form]
    case .wechat: [xml, json(userAgent: "Mozilla/4.0", contentType: "application/json")]
    case .stripe:
      [
        json(
          userAgent: "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
          contentType: "application/json; charset=utf-8")
      ]
    case .mock: []
    }
  }

  /// What became of a probe.
  enum Outcome: Equatable {
    case arrived
    /// As it was sent, but handed on by something that the settings do not know.
    case forwarded(from: String)
    case redirected(status: Int, to: String)
    case methodChanged
    case bodyChanged(sentBytes: Int, arrivedBytes: Int)
    case contentTypeChanged(String)
    /// It reached the worker by plain http.
    case plain
    /// A page for people: a check for bots, a challenge, a login.
    case challenged(status: Int)
    case blocked(status: Int)
    /// The worker's own form of an answer, but not to a probe.
    case notRecognised(status: Int)
    /// Not an answer of the worker.
    case otherServer(status: Int)
    case certificateWrong(String)
    case unreachable(String)
  }

  /// Sends the probe and compares what arrived.
  /// - Parameter header: of `ProbeSeal`.
  func send(to url: String, header: String, caFile: String?) -> Outcome {
    var configuration = HTTPSClientConfiguration(name: "notify address")
    configuration.userAgent = userAgent
    configuration.caFile = caFile
    let request = ClientRequest(
      method: .post, url: url,
      headers: [("Content-Type", contentType), (ProbeSeal.headerName, header)], body: body)
    do throws(TransportError) {
      return judge(try HTTPSClient(configuration).send(request), isHTTPS: url.hasPrefix("https://"))
    } catch {
      switch error {
      case .tlsFailed(let reason): return .certificateWrong(reason)
      default: return .unreachable(error.description)
      }
    }
  }

  func judge(_ response: ClientResponse, isHTTPS: Bool) -> Outcome {
    let status = response.status
    if (300...399).contains(status) {
      return .redirected(status: status, to: response[header: "location"] ?? "nowhere")
    }
    let answer = JSON.decode(
      ProbeAnswer.self, from: response.body, depthLevelsMax: 1)
    if status == 200, let answer { return compare(answer, isHTTPS: isHTTPS) }
    // The worker names what it would have allowed, and that is what was sent.
    if status == 405, response[header: "allow"]?.contains("POST") == true { return .methodChanged }
    let isPage = response[header: "content-type"]?.lowercased().hasPrefix("text/html") == true
    if isPage { return .challenged(status: status) }
    if status == 403 || status == 429 || status == 406 { return .blocked(status: status) }
    let isOurs = response[header: "x-request-id"] != nil
    return isOurs && status < 500 ? .notRecognised(status: status) : .otherServer(status: status)
  }

  private func compare(_ answer: ProbeAnswer, isHTTPS: Bool) -> Outcome {
    if answer.method != "POST" { return .methodChanged }
    if answer.bodySha256 != Hex.encode(SHA256.digest(body)) {
      return .bodyChanged(sentBytes: body.count, arrivedBytes: answer.bodyBytes)
    }
    if answer.contentType != contentType {
      return .contentTypeChanged(answer.contentType ?? "none")
    }
    if isHTTPS, answer.scheme != "https" { return .plain }
    return answer.isForwarded == true ? .forwarded(from: answer.address ?? "?") : .arrived
  }
}
