/// Base32 text (RFC 4648) without padding, as apps for one-time passwords take their secrets.
public enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  public static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    var buffer: UInt32 = 0
    var bits: UInt32 = 0
    for byte in bytes {
      buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        output.append(alphabet[Int(buffer >> bits) & 31])
      }
    }
    if bits > 0 { output.append(alphabet[Int(buffer << (5 - bits)) & 31]) }
    return String(decoding: output, as: UTF8.self)
  }
}
