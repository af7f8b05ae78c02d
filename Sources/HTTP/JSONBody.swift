import FoundationEssentials
import HTTPTypes

/// Why a body was not read.
public enum BodyError: Error, Hashable, Sendable {
  /// The content type is not `application/json`.
  case unsupportedMediaType
  /// Not JSON, or nested too deeply, or not of the shape asked for.
  case malformed
}

extension Request {
  /// Levels of arrays and objects that a body may have.
  public static let jsonDepthMax = 16

  /// Reads the body as JSON of one shape, its member names in snake_case; unknown ones are ignored.
  public func decodeJSON<Body: Decodable>(_ type: Body.Type) throws(BodyError) -> Body {
    let mediaType = headers[.contentType]?.split(separator: ";").first ?? ""
    guard mediaType.trimmingSpaces.lowercased() == "application/json" else {
      throw .unsupportedMediaType
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard JSON.depth(of: body) <= Request.jsonDepthMax,
      let value = try? decoder.decode(type, from: Data(body))
    else { throw .malformed }
    return value
  }
}

/// JSON from outside.
public enum JSON {
  /// Reads a value of one shape, or nil. Refuses text nested more than `depthMax` levels.
  public static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], depthMax: Int
  ) -> Value? {
    guard depth(of: bytes) <= depthMax else { return nil }
    return try? JSONDecoder().decode(type, from: Data(bytes))
  }

  /// The deepest nesting of brackets outside strings, without recursion: no text can make a decoder
  /// overflow its stack after this was checked.
  static func depth(of bytes: [UInt8]) -> Int {
    var depth = 0
    var deepest = 0
    var isInString = false
    var isEscaped = false
    for byte in bytes {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case 0x5B, 0x7B:
        depth += 1
        deepest = max(deepest, depth)
      case 0x5D, 0x7D: depth -= 1
      default: break
      }
    }
    return deepest
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  var trimmingSpaces: Substring {
    var text = self
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
