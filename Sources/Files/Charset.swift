import Glibc

/// The character sets in which Alipay writes.
public enum Charset: String, Sendable {
  case utf8 = "utf-8"
  case gbk
  case gb2312
  case gb18030

  /// Reads a name of any case; nil for a set that is not known here.
  public init?(name: String) {
    let lower = name.lowercased()
    if lower == "utf8" {
      self = .utf8
    } else {
      self.init(rawValue: lower)
    }
  }

  /// The text, or nil when a byte is not of this set.
  public func decode(_ bytes: some Collection<UInt8>) -> String? {
    if self == .utf8 || bytes.allSatisfy({ $0 < 0x80 }) {
      return String(validating: bytes, as: UTF8.self)
    }
    return convert(Array(bytes), from: systemName, to: "UTF-8").flatMap {
      String(validating: $0, as: UTF8.self)
    }
  }

  /// The bytes of a text, or nil when a character is not in this set.
  public func encode(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    if self == .utf8 || bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
    return convert(bytes, from: "UTF-8", to: systemName)
  }

  /// GB18030 is GBK and more; providers that say GB2312 send GBK.
  private var systemName: String { self == .utf8 ? "UTF-8" : "GB18030" }

  private func convert(_ input: [UInt8], from: String, to: String) -> [UInt8]? {
    let converter = unsafe iconv_open(to, from)
    guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
    defer { unsafe iconv_close(converter) }
    // No character of one set is longer than four bytes in the other.
    var output = [CChar](repeating: 0, count: input.count * 4)
    var source = input.map { CChar(bitPattern: $0) }
    var sourceLeft = source.count
    var outputLeft = output.count
    let result = unsafe source.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { output in
        var from = source.baseAddress
        var to = output.baseAddress
        return unsafe iconv(converter, &from, &sourceLeft, &to, &outputLeft)
      }
    }
    guard result != Int.max.magnitude, sourceLeft == 0, result == 0 else { return nil }
    return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
  }
}
