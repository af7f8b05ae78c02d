import Crypto

/// What Alipay's signatures cover. Source: opendocs.alipay.com/common/02kf5q.
enum AlipaySignature {
  /// The parameters with a value, sorted by name in byte order, as `name=value` joined by `&`.
  static func content(_ fields: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
    let sorted = fields.filter { !$0.value.isEmpty }
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    var content: [UInt8] = []
    for field in sorted {
      if !content.isEmpty { content.append(UInt8(ascii: "&")) }
      content += field.name + [UInt8(ascii: "=")] + field.value
    }
    return content
  }

  /// Signs parameters of a request.
  /// - Returns: base64.
  static func sign(
    _ parameters: [(name: String, value: String)], _ key: RSAPrivateKey
  ) throws(CryptoError) -> String {
    let fields = parameters.map { (name: Array($0.name.utf8), value: Array($0.value.utf8)) }
    return Base64.encode(try key.sign(content(fields)))
  }

  /// Whether one of the keys made a signature in base64.
  static func isValid(_ signature: String, for content: [UInt8], _ keys: [RSAPublicKey]) -> Bool {
    guard let bytes = Base64.decode(signature) else { return false }
    return keys.contains { $0.isValid(bytes, for: content) }
  }
}
