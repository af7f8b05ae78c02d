/// The anchors that the service wrote into the journal, by how such a line begins: what others say about anchors takes no
/// place of them.
struct AnchorLines {
  static let days = 8
  private static let linesMax = 1_000
  static let lineBytesMax = 4_096

  private static let text = Array("notice the books reach as far as this anchor ".utf8)
  private static let json = Array(#"{"anchor":""#.utf8)

  private var newest: [[UInt8]] = []
  /// Where the next one goes when there are as many as may be.
  private var oldest = 0

  /// Their lines, oldest first.
  var lines: [UInt8] {
    Array((newest[oldest...] + newest[..<oldest]).map { $0 + [0x0A] }.joined())
  }

  mutating func add(_ line: [UInt8]) {
    guard AnchorLines.isAnchor(line) else { return }
    let line = Array(line.prefix(AnchorLines.lineBytesMax))
    guard newest.count == AnchorLines.linesMax else {
      newest.append(line)
      return
    }
    newest[oldest] = line
    oldest = (oldest + 1) % AnchorLines.linesMax
  }

  /// The moment stands in front of a line of text.
  private static func isAnchor(_ line: [UInt8]) -> Bool {
    if line.starts(with: json) { return true }
    guard let space = line.firstIndex(of: 0x20), space > 0 else { return false }
    return line[(space + 1)...].starts(with: text)
  }
}
