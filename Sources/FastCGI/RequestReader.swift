import HTTP
import HTTPTypes

/// A request as far as its variables tell, before its body is read.
struct RequestHead {
  /// Everything but the body.
  let request: Request
  let bodyBytes: Int

  /// Set by a web server that has refused the body for its size and leaves the answer to us. No header of a client
  /// becomes a variable of this name.
  private static let sizeRefused = "BODY_SIZE_REFUSED"

  /// Checks the variables and translates them.
  /// - Throws: `Refusal` for variables that are missing, repeated, contradictory or too large.
  init(
    _ variables: CGIVariables, requestID: String, limits: RequestLimits
  ) throws(Refusal) {
    if variables.isTooLarge { throw .headersTooLarge }
    guard !variables.isMalformed,
      let methodText = variables["REQUEST_METHOD"],
      let method = HTTPRequest.Method(methodText),
      let target = variables["REQUEST_URI"].flatMap({ RequestTarget($0) }),
      let remoteAddress = variables["REMOTE_ADDR"], !remoteAddress.isEmpty,
      let bodyBytes = Self.count(variables["CONTENT_LENGTH"] ?? "")
    else { throw .malformed }
    let bytesMax = limits.routeBodyBytesMax(method, target.path) ?? limits.bodyBytesMax
    if bodyBytes > bytesMax || variables[Self.sizeRefused] != nil {
      throw .bodyTooLarge(bytesMax: bytesMax)
    }
    self.bodyBytes = bodyBytes
    request = Request(
      method: method, path: target.path, query: target.query, headers: variables.headers,
      remoteAddress: remoteAddress, isSecure: variables["HTTPS"]?.lowercased() == "on",
      host: variables["HTTP_HOST"] ?? variables["SERVER_NAME"] ?? "", requestID: requestID)
  }

  /// Reads a number of bytes, digits only. Nothing counts as zero, as nginx writes it for no body.
  private static func count(_ text: String) -> Int? {
    if text.isEmpty { return 0 }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    // bounded: compared with the limits before anything is computed.
    return Int(text)
  }
}

/// The name under which one request is found in all logs.
enum RequestID {
  private static let charactersRange = 8...64
  private static let newBytes = 16

  /// The id that the web server or, failing that, the client gave, if it is harmless in a log and in a header; else a
  /// new one. The web server's wins because it stands in its own log too.
  static func choose(_ variables: CGIVariables) -> String {
    for name in ["REQUEST_ID", "HTTP_X_REQUEST_ID"] {
      if let id = variables[name], isHarmless(id) { return id }
    }
    return new()
  }

  private static func isHarmless(_ id: String) -> Bool {
    charactersRange.contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  private static func new() -> String {
    (0..<newBytes).reduce(into: "") { text, _ in
      let byte = UInt8.random(in: .min ... .max)
      if byte < 0x10 { text += "0" }
      text += String(byte, radix: 16)
    }
  }
}
