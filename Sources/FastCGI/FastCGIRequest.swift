import CFastCGI
import HTTP
import HTTPTypes

/// One worker's `FCGX_Request`, used for one connection after the other.
@safe final class FastCGIRequest {
  private let request: UnsafeMutablePointer<FCGX_Request>

  /// Initialised once for the process, before any worker.
  private static let isLibraryReady: Bool = FCGX_Init() == 0

  private static let readBytes = 16 * 1024

  init?() {
    guard FastCGIRequest.isLibraryReady else { return nil }
    unsafe request = .allocate(capacity: 1)
    // No listening socket: connections are accepted by `Acceptor` and handed over one by one.
    guard unsafe FCGX_InitRequest(request, -1, 0) == 0 else { return nil }
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  /// Reads the head of the request that comes by `connection`.
  /// - Returns: false when the peer sent something else or went away; the connection is closed then.
  func begin(_ connection: Int32) -> Bool {
    unsafe request.pointee.ipcFd = connection
    // Makes libfcgi take this descriptor as one that it has open already; the flag of the request
    // itself replaces it when the first record is read.
    unsafe request.pointee.keepConnection = 1
    return unsafe FCGX_Accept_r(request) == 0
  }

  /// Sends what is left and closes the connection.
  func end() { unsafe FCGX_Finish_r(request) }

  func variables(_ limits: RequestLimits) throws(RequestProblem) -> CGIVariables {
    var variables = CGIVariables()
    guard var entry = unsafe request.pointee.envp else { return variables }
    var bytes = 0
    while let text = unsafe entry.pointee {
      guard let decoded = unsafe String(validatingCString: text) else {
        throw .malformed("a variable is not UTF-8")
      }
      bytes += decoded.utf8.count
      guard bytes <= limits.variablesBytesMax else { throw .variablesTooLarge }
      variables.add(decoded)
      unsafe entry += 1
    }
    return variables
  }

  /// Reads the body to its end.
  func body(declared: Int?, _ limits: RequestLimits) throws(RequestProblem) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(min(declared ?? 0, limits.bodyBytesMax))
    var buffer = [UInt8](repeating: 0, count: FastCGIRequest.readBytes)
    var discarded = 0
    while true {
      let count = Int(read(&buffer))
      guard count > 0 else { break }
      if body.count + count > limits.bodyBytesMax || discarded > 0 {
        discarded += count
        guard discarded <= RequestLimits.discardedBytesMax else { throw .bodyTooLarge }
      } else {
        body += buffer[0..<count]
      }
    }
    if discarded > 0 || (declared ?? 0) > limits.bodyBytesMax { throw .bodyTooLarge }
    guard declared == nil || declared == body.count else {
      throw .malformed("the body has \(body.count) bytes, not the declared \(declared ?? 0)")
    }
    return body
  }

  private func read(_ buffer: inout [UInt8]) -> Int32 {
    let capacity = Int32(buffer.count)
    return unsafe buffer.withUnsafeMutableBytes { target in
      guard let base = target.baseAddress else { return 0 }
      return unsafe FCGX_GetStr(base, capacity, request.pointee.in)
    }
  }

  /// - Returns: false when the client is gone.
  func write(_ response: Response, isHead: Bool) -> Bool {
    var head = "Status: \(response.status.code)"
    if !response.status.reasonPhrase.isEmpty { head += " " + response.status.reasonPhrase }
    head += "\r\n"
    for field in response.headers { head += "\(field.name.rawName): \(field.value)\r\n" }
    head += "Content-Length: \(response.body.count)\r\n\r\n"
    let bytes = isHead ? Array(head.utf8) : Array(head.utf8) + response.body
    let written = unsafe bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return Int32(0) }
      return unsafe FCGX_PutStr(base, Int32(source.count), request.pointee.out)
    }
    return Int(written) == bytes.count
  }
}
