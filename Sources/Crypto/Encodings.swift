/// Lower-case hexadecimal text (RFC 4648, base 16).
public enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        unsafe buffer[index * 2] = digits[Int(byte >> 4)]
        unsafe buffer[index * 2 + 1] = digits[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }

  /// Nil unless `text` is an even number of hexadecimal digits of either case.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count / 2)
    for index in stride(from: 0, to: source.count, by: 2) {
      guard let high = value(source[index]), let low = value(source[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}

/// Base64 text (RFC 4648): the standard alphabet with padding, and the URL alphabet without.
public enum Base64 {
  private static let standard = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    let text = encode(bytes, alphabet: standard)
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  }

  /// For tokens in cookies and addresses: no padding.
  public static func encodeURLSafe(_ bytes: [UInt8]) -> String {
    encode(bytes, alphabet: urlSafe)
  }

  /// Strict: standard alphabet, padding as it must be, no white space, unused bits zero.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var source = Array(text.utf8)
    guard source.count.isMultiple(of: 4) else { return nil }
    for _ in 0..<2 where source.last == 0x3D { source.removeLast() }
    return decode(source, alphabet: standard)
  }

  /// Strict: URL alphabet, no padding, no white space, unused bits zero.
  public static func decodeURLSafe(_ text: some StringProtocol) -> [UInt8]? {
    decode(Array(text.utf8), alphabet: urlSafe)
  }

  private static func encode(_ bytes: [UInt8], alphabet: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        output.append(alphabet[Int(buffer >> UInt32(bits)) & 63])
      }
    }
    if bits > 0 { output.append(alphabet[Int(buffer << UInt32(6 - bits)) & 63]) }
    return String(decoding: output, as: UTF8.self)
  }

  private static func decode(_ source: [UInt8], alphabet: [UInt8]) -> [UInt8]? {
    guard source.count % 4 != 1 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(source.count / 4 * 3 + 2)
    var buffer: UInt32 = 0
    var bits = 0
    for character in source {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    guard buffer & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
    return output
  }
}
