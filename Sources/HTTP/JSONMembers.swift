extension JSON {
  /// Whether no object of a JSON text names a member twice. Decoders take one of two silently, and
  /// two programs may take different ones.
  ///
  /// Names are compared as they are written, so a name with an escape, which could stand for any
  /// other, counts as a repetition. Text that is not JSON may get either answer.
  public static func namesEachMemberOnce(_ bytes: [UInt8]) -> Bool {
    var objects: [Set<ArraySlice<UInt8>>] = []
    var text: ArraySlice<UInt8> = []
    var position = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): objects.append([])
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = objects.popLast()
      case UInt8(ascii: "\""):
        let end = endOfText(bytes, from: position + 1)
        text = bytes[(position + 1)..<end]
        position = end
      case UInt8(ascii: ":"):
        guard !text.contains(UInt8(ascii: "\\")), let last = objects.indices.last,
          objects[last].insert(text).inserted
        else { return false }
      default: break
      }
      position += 1
    }
    return true
  }

  /// The position of the quotation mark that ends a text, or the end of the bytes.
  private static func endOfText(_ bytes: [UInt8], from start: Int) -> Int {
    var position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(position, bytes.count)
  }
}
