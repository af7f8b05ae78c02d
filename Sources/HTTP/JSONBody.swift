import FoundationEssentials

/// Why a body could not be used.
public enum BodyError: Error, Sendable, Equatable {
  /// The content type is another one than the route reads: status 415.
  case unsupportedMediaType
  /// The body is not what its content type says, or not of the shape asked for: status 400.
  case malformed
}

/// Bounds on JSON that strangers send.
public enum JSONLimits {
  /// Deepest nesting of arrays and objects, in levels. Decoding recurses once per level.
  public static let depthLevelsMax = 32
}

/// JSON to and from programs, others' and our own: the one place that reads and writes it.
///
/// Each type names its members as they stand in the text, by its `CodingKeys`. A decoder that turns `out_trade_no`
/// into `outTradeNo` takes both spellings for one member, so that a text could say two things.
public enum JSON {
  /// Decodes a value of one shape. Bytes in a string that are of no character stand for U+FFFD: a name that was cut does
  /// not make the rest unreadable.
  ///
  /// - Parameter depthLevelsMax: deepest nesting that is looked at.
  /// - Returns: nil for invalid JSON, UTF-16 or UTF-32, a byte order mark, a member that
  ///   occurs twice in one object, another shape, or deeper nesting.
  public static func decode<Value: Decodable>(
    _ type: Value.Type, from written: [UInt8], depthLevelsMax: Int
  ) -> Value? {
    let bytes =
      String(validating: written, as: UTF8.self) == nil
      ? Array(String(decoding: written, as: UTF8.self).utf8) : written
    // Foundation would read UTF-16 and UTF-32 too; JSON in either has NULs, and in UTF-8 never.
    guard !bytes.contains(0), jsonDepthLevels(bytes) <= depthLevelsMax,
      !bytes.starts(with: [0xEF, 0xBB, 0xBF]), !jsonHasRepeatedMember(bytes)
    else { return nil }
    return try? JSONDecoder().decode(type, from: Data(bytes))
  }

  /// Writes a value with its members sorted and `/` unescaped.
  /// - Parameter isIndented: one member a line, for people.
  /// - Returns: nil for a number that JSON has no form for.
  public static func encode(_ value: some Encodable, isIndented: Bool = false) -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return (try? encoder.encode(value)).map { Array($0) }
  }
}

extension Request {
  /// Decodes the body as JSON.
  /// - Throws: `BodyError.unsupportedMediaType` unless the content type is `application/json`;
  ///   `.malformed` for what `JSON.decode` refuses, with nesting of `JSONLimits.depthLevelsMax`, and for
  ///   bytes that are not UTF-8: what a client says is kept as it was said.
  public func decodeJSON<T: Decodable>(_ type: T.Type) throws(BodyError) -> T {
    guard mediaType == "application/json" else { throw .unsupportedMediaType }
    guard String(validating: body, as: UTF8.self) != nil,
      let value = JSON.decode(type, from: body, depthLevelsMax: JSONLimits.depthLevelsMax)
    else { throw .malformed }
    return value
  }
}

/// How deep arrays and objects are nested, counted without recursion. Never too low for valid JSON.
func jsonDepthLevels(_ bytes: [UInt8]) -> Int {
  var depth = 0
  var deepest = 0
  var inString = false
  var escaped = false
  for byte in bytes {
    if inString {
      if escaped {
        escaped = false
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
      } else if byte == UInt8(ascii: "\"") {
        inString = false
      }
      continue
    }
    switch byte {
    case UInt8(ascii: "\""): inString = true
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      depth += 1
      deepest = max(deepest, depth)
    case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
    default: break
    }
  }
  return deepest
}
