/// Cuts bytes that come in parts into lines without their ends. A line that is too long is handed over as far as it may
/// go: it stops none of the next.
struct LineCutter {
  private let bytesMax: Int
  private var rest: [UInt8] = []

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  mutating func add(_ part: [UInt8], _ receive: ([UInt8]) -> Void) {
    var start = part.startIndex
    while let end = part[start...].firstIndex(of: 0x0A) {
      keep(part[start..<end])
      receive(rest)
      rest.removeAll(keepingCapacity: true)
      start = end + 1
    }
    keep(part[start...])
  }

  /// Hands over a last line that has no end.
  mutating func finish(_ receive: ([UInt8]) -> Void) {
    if !rest.isEmpty { receive(rest) }
    rest = []
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) {
    rest += part.prefix(bytesMax - rest.count)
  }
}
