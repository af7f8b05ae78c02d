import Crypto
import Vocabulary

/// Signatures of the interface v2. Source: pay.weixin.qq.com/wiki/doc/api/native.php?chapter=4_3.
public enum WeChatPayV2Signature {
  public enum Algorithm: String, CaseIterable, Sendable {
    case hmacSHA256 = "HMAC-SHA256"
    case md5 = "MD5"
  }

  /// The fields with a value, sorted by name in byte order, without `sign`, and the key at the end.
  static func content(_ fields: [(name: String, value: [UInt8])], key: Secret) -> [UInt8] {
    let sorted = fields.filter { !$0.value.isEmpty && $0.name != "sign" }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let pairs = sorted.map { Array($0.name.utf8) + "=".utf8 + $0.value }
    return Array(pairs.joined(separator: "&".utf8)) + "&key=\(key.reveal())".utf8
  }

  /// - Returns: upper-case hexadecimal.
  static func sign(
    _ fields: [(name: String, value: String)], key: Secret, _ algorithm: Algorithm
  ) -> String {
    sign(fields.map { ($0.name, Array($0.value.utf8)) }, key: key, algorithm)
  }

  private static func sign(
    _ fields: [(name: String, value: [UInt8])], key: Secret, _ algorithm: Algorithm
  ) -> String {
    let content = content(fields, key: key)
    let bytes =
      switch algorithm {
      case .md5: MD5.digest(content)
      case .hmacSHA256:
        HMACSHA256.authenticationCode(for: content, key: Array(key.reveal().utf8))
      }
    return Hex.encode(bytes).uppercased()
  }

  /// By which algorithm a document is genuinely signed, or nil when it is not.
  ///
  /// A signature tells its algorithm by its length; what `sign_type` says has to agree.
  static func algorithm(
    of fields: [(name: String, value: [UInt8])], key: Secret
  ) -> Algorithm? {
    func text(_ name: String) -> String? {
      fields.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
    guard !key.isEmpty, let signature = text("sign") else { return nil }
    let algorithm: Algorithm
    switch signature.utf8.count {
    case 32: algorithm = .md5
    case 64: algorithm = .hmacSHA256
    default: return nil
    }
    if let named = text("sign_type"), !named.isEmpty, named != algorithm.rawValue { return nil }
    let expected = sign(fields, key: key, algorithm)
    return constantTimeEqual(Array(signature.utf8), Array(expected.utf8)) ? algorithm : nil
  }
}
