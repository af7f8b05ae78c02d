import CQREncode

/// A QR code (ISO/IEC 18004) as an SVG picture.
public enum QRCode {
  /// Longest text that is drawn, in bytes; payment addresses have about 100.
  public static let textBytesMax = 1_024
  /// Empty modules around the code that the standard asks for.
  private static let quietModules = 4

  /// Nil when the text is empty or too long.
  ///
  /// Error correction level M restores 15 % of the picture.
  public static func svg(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard (1...textBytesMax).contains(bytes.count), let count = Int32(exactly: bytes.count),
      let code = unsafe QRcode_encodeData(count, bytes, 0, QR_ECLEVEL_M)
    else { return nil }
    defer { unsafe QRcode_free(code) }
    let width = Int(unsafe code.pointee.width)
    guard let modules = unsafe code.pointee.data else { return nil }
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        let start = column
        while column < width, unsafe modules[row * width + column] & 1 == 1 { column += 1 }
        if column > start {
          path +=
            "M\(start + quietModules),\(row + quietModules)h\(column - start)v1h-\(column - start)z"
        } else {
          column += 1
        }
      }
    }
    let side = width + 2 * quietModules
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" \
      shape-rendering="crispEdges"><path fill="#fff" d="M0,0h\(side)v\(side)h-\(side)z"/>\
      <path d="\(path)"/></svg>
      """
  }
}
