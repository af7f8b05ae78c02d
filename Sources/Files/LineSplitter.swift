/// Cuts bytes that come in parts into lines without their ends.
public struct LineSplitter {
  /// Longest line, in bytes.
  public static let lineBytesMax = 64 * 1024

  private var rest: [UInt8] = []

  public init() {}

  /// Takes a part and hands over the lines that are complete.
  public mutating func add(_ part: [UInt8], _ receive: ([UInt8]) throws -> Void) throws {
    var start = part.startIndex
    while let end = part[start...].firstIndex(of: 0x0A) {
      try hand(over: rest + part[start..<end], receive)
      rest = []
      start = end + 1
    }
    rest += part[start...]
    guard rest.count <= LineSplitter.lineBytesMax else { throw FileError.lineTooLong }
  }

  /// Hands over a last line that has no end.
  public mutating func finish(_ receive: ([UInt8]) throws -> Void) throws {
    guard !rest.isEmpty else { return }
    try hand(over: rest, receive)
    rest = []
  }

  private func hand(over line: [UInt8], _ receive: ([UInt8]) throws -> Void) throws {
    guard line.count <= LineSplitter.lineBytesMax else { throw FileError.lineTooLong }
    try receive(line.last == 0x0D ? Array(line.dropLast()) : line)
  }
}
