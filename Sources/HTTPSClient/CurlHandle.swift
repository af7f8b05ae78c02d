import CCurl
import Files
import Vocabulary

/// One libcurl handle, which keeps its connection for the next call.
///
/// Invariant: used by one thread at a time; `HTTPSClient` hands it out to one and takes it back.
@safe final class CurlHandle: @unchecked Sendable {
  // Proof of Sendable: a handle is reached only by the one thread that `HTTPSClient` gave it to.
  private let curl: UnsafeMutableRawPointer
  private let answer = Answer()

  /// What the callbacks write to during a call.
  fileprivate final class Answer {
    var body: [UInt8] = []
    var headers: [(name: String, value: String)] = []
    var bytesMax = 0
    var bytesReceived = 0
    var isTooLarge = false
    /// Takes the body in place of `body`.
    var file: TemporaryFile?

    func reset(bytesMax: Int, file: TemporaryFile?) {
      body = []
      headers = []
      self.bytesMax = bytesMax
      self.file = file
      bytesReceived = 0
      isTooLarge = false
    }

    /// - Returns: false to break the transfer off.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
      bytesReceived += bytes.count
      guard bytesReceived <= bytesMax else {
        isTooLarge = true
        return false
      }
      guard let file else {
        unsafe body.append(contentsOf: bytes)
        return true
      }
      return unsafe (try? file.append(bytes)) != nil
    }

    func addHeader(_ bytes: UnsafeRawBufferPointer) {
      let line = unsafe String(decoding: bytes, as: UTF8.self)
      // The head of a redirect or an interim answer is replaced by the next one.
      if line.hasPrefix("HTTP/") { headers = [] }
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, headers.count < Answer.headersMax else { return }
      let value = parts[1].drop { $0 == " " }.prefix { !$0.isNewline }
      headers.append((parts[0].lowercased(), String(value)))
    }

    private static let headersMax = 200
  }

  private static let isLibraryReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init?() {
    guard CurlHandle.isLibraryReady, let curl = unsafe curl_easy_init() else { return nil }
    unsafe self.curl = unsafe curl
  }

  deinit { unsafe curl_easy_cleanup(curl) }

  /// Makes one call. Redirects are answers, never followed.
  ///
  /// - Parameter file: takes the body of the answer, which may then be larger.
  func perform(
    _ request: ClientRequest, _ configuration: HTTPSClientConfiguration, into file: TemporaryFile?
  ) -> Result<ClientResponse, TransportError> {
    answer.reset(
      bytesMax: file == nil ? configuration.responseBytesMax : configuration.downloadBytesMax,
      file: file)
    defer { answer.file = nil }
    setCallOptions(request, configuration)
    var list: UnsafeMutablePointer<curl_slist>?
    // Without this libcurl waits for "100 Continue" before it sends a larger body.
    for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      unsafe list = unsafe curl_slist_append(list, line)
    }
    defer { unsafe curl_slist_free_all(list) }
    _ = unsafe coinpay_curl_set_pointer(curl, CURLOPT_HTTPHEADER, list)
    let code = unsafe request.body.withUnsafeBytes { body in
      if request.method == .post {
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE, body.count)
        _ = unsafe coinpay_curl_set_pointer(
          curl, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
      }
      return unsafe curl_easy_perform(curl)
    }
    var status = 0
    _ = unsafe coinpay_curl_status(curl, &status)
    unsafe curl_easy_reset(curl)
    guard code == CURLE_OK else { return .failure(error(code)) }
    return .success(
      ClientResponse(status: status, body: answer.body, headers: answer.headers))
  }

  private func setCallOptions(_ request: ClientRequest, _ configuration: HTTPSClientConfiguration) {
    set(CURLOPT_URL, request.url)
    set(CURLOPT_USERAGENT, configuration.userAgent)
    // Signals and threads do not go together.
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeoutMilliseconds)
    set(
      CURLOPT_TIMEOUT_MS,
      answer.file == nil
        ? configuration.totalTimeoutMilliseconds : configuration.downloadTimeoutMilliseconds)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let caFile = configuration.caFile { set(CURLOPT_CAINFO, caFile) }
    if let identity = configuration.clientIdentity { present(identity) }
    if request.method == .get { set(CURLOPT_HTTPGET, 1) }
    // libcurl sends a request again when a kept connection dies before the answer begins.
    if !request.mayBeRepeated { set(CURLOPT_FRESH_CONNECT, 1) }
    _ = unsafe coinpay_curl_set_sink(curl, CURLOPT_WRITEFUNCTION, receiveBody)
    _ = unsafe coinpay_curl_set_sink(curl, CURLOPT_HEADERFUNCTION, receiveHeader)
    let target = unsafe Unmanaged.passUnretained(answer).toOpaque()
    _ = unsafe coinpay_curl_set_pointer(curl, CURLOPT_WRITEDATA, target)
    _ = unsafe coinpay_curl_set_pointer(curl, CURLOPT_HEADERDATA, target)
  }

  /// libcurl copies both.
  private func present(_ identity: ClientIdentity) {
    let certificate = Array(identity.certificatePEM.utf8)
    let key = Array(identity.keyPEM.reveal().utf8)
    _ = unsafe coinpay_curl_set_blob(curl, CURLOPT_SSLCERT_BLOB, certificate, certificate.count)
    _ = unsafe coinpay_curl_set_blob(curl, CURLOPT_SSLKEY_BLOB, key, key.count)
  }

  private func set(_ option: CURLoption, _ value: Int) {
    _ = unsafe coinpay_curl_set_long(curl, option, value)
  }

  private func set(_ option: CURLoption, _ value: String) {
    _ = unsafe coinpay_curl_set_text(curl, option, value)
  }

  /// Source: libcurl-errors(3).
  private func error(_ code: CURLcode) -> TransportError {
    if answer.isTooLarge { return .responseTooLarge }
    let reason = unsafe String(cString: curl_easy_strerror(code))
    switch code {
    case CURLE_OPERATION_TIMEDOUT: return .timedOut
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
      return .connectionFailed(reason: reason)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM:
      return .tlsFailed(reason: reason)
    case CURLE_URL_MALFORMAT: return .invalidRequest(reason: reason)
    // The scheme was checked before, so this is libcurl's word for an answer without an HTTP head.
    case CURLE_UNSUPPORTED_PROTOCOL: return .connectionLost(reason: "the answer is not HTTP")
    default: return .connectionLost(reason: reason)
    }
  }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ target: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes = unsafe bytes, let target = unsafe target else { return 0 }
  let answer = unsafe Unmanaged<CurlHandle.Answer>.fromOpaque(target).takeUnretainedValue()
  let isTaken = unsafe answer.append(
    UnsafeRawBufferPointer(start: bytes, count: size * count))
  return isTaken ? size * count : 0
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ target: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes = unsafe bytes, let target = unsafe target else { return 0 }
  let answer = unsafe Unmanaged<CurlHandle.Answer>.fromOpaque(target).takeUnretainedValue()
  unsafe answer.addHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
  return size * count
}
