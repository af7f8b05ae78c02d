import Crypto
import HTTP
import HTTPSClient
import Provider
import Routes
import Vocabulary

/// Sends what a provider might send to our own notify address.
struct NotifyProbe {
  let sample: NotifySample

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
    configuration.userAgent = sample.userAgent
    configuration.caFile = caFile
    let request = ClientRequest(
      method: .post, url: url,
      headers: [("Content-Type", sample.contentType), (ProbeSeal.headerName, header)],
      body: sample.body)
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
    if answer.bodySha256 != Hex.encode(SHA256.digest(sample.body)) {
      return .bodyChanged(sentBytes: sample.body.count, arrivedBytes: answer.bodyBytes)
    }
    if answer.contentType != sample.contentType {
      return .contentTypeChanged(answer.contentType ?? "none")
    }
    if isHTTPS, answer.scheme != "https" { return .plain }
    return answer.isForwarded == true ? .forwarded(from: answer.address ?? "?") : .arrived
  }
}
