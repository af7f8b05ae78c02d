import HTTP
import Vocabulary

/// An address of this site to go to, named by whoever sent the request.
enum LocalPath {
  private static let bytesMax = 2_048

  /// A decoded path of this site as an address that leads nowhere else: `//host` is written as `/host`.
  static func encoded(_ path: String) -> String {
    "/" + path.split(separator: "/").map { PercentCoding.encode(String($0)) }.joined(separator: "/")
  }

  /// The path, or the standard for anything by which a browser could be led to another site:
  /// `//host`, `/\host`, or control characters that browsers leave out.
  static func of(_ text: String?, standard: String = "/coin") -> String {
    guard let text, text.utf8.count <= bytesMax, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.isGraphicASCII, !text.utf8.contains(UInt8(ascii: "\\"))
    else { return standard }
    return text
  }
}
