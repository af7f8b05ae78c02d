/// The DER bytes in a key or certificate as consoles hand it out: PEM, or the base64 of PEM without
/// its first and last line.
struct KeyText {
  /// `RSA PRIVATE KEY`, `PUBLIC KEY`, …; nil for bare base64.
  let label: String?
  let der: [UInt8]

  /// Longest text that is read, in bytes: a file with several certificates.
  static let textBytesMax = 256 * 1024

  /// Every PEM block of a text, or one entry for bare base64.
  ///
  /// Line breaks may be of any kind and anywhere; nothing but white space is skipped.
  static func all(_ text: String) throws(KeyError) -> [KeyText] {
    guard text.utf8.count <= textBytesMax else { throw .unreadable("it is too long") }
    let clean = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    guard clean.contains("-----") else {
      return [KeyText(label: nil, der: try decode(clean))]
    }
    var blocks: [KeyText] = []
    var rest = clean[...]
    while let begin = rest.firstRange(of: "-----BEGIN ") {
      let afterBegin = rest[begin.upperBound...]
      guard let labelEnd = afterBegin.firstRange(of: "-----") else {
        throw .unreadable("a BEGIN line is not complete")
      }
      let label = String(afterBegin[..<labelEnd.lowerBound])
      let body = afterBegin[labelEnd.upperBound...]
      guard let end = body.firstRange(of: "-----END \(label)-----") else {
        throw .unreadable("the line -----END \(label)----- is missing")
      }
      blocks.append(KeyText(label: label, der: try decode(String(body[..<end.lowerBound]))))
      rest = body[end.upperBound...]
    }
    guard !blocks.isEmpty else { throw .unreadable("there is no BEGIN line") }
    return blocks
  }

  private static func decode(_ text: String) throws(KeyError) -> [UInt8] {
    let compact = String(decoding: text.utf8.filter { !isSpace($0) }, as: UTF8.self)
    guard !compact.isEmpty else { throw .unreadable("it is empty") }
    guard let der = Base64.decode(compact) else { throw .unreadable("it is not base64") }
    return der
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

/// Why a key or certificate cannot be used. No text holds a part of it.
public enum KeyError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(String)
  /// It is something else, for example a public key where a private one belongs.
  case wrongKind(expected: String, found: String)
  case tooShort(bits: Int)

  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .wrongKind(let expected, let found): "must be \(expected), but it is \(found)"
    case .tooShort(let bits):
      "has \(bits) bits; at least \(RSAPublicKey.bitsMin) are needed"
    }
  }
}
