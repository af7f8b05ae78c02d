import FoundationEssentials

/// Whether an object anywhere in a text of JSON has two members of one name. Two readers of such a text
/// could take it for two different things.
///
/// A name with an escape is compared by what it stands for, because it may be another name in disguise;
/// one whose escapes cannot be read counts as repeated. Names that Unicode holds for equal are the same name, as they
/// are to the dictionary that the decoder keeps. The text need not be valid: what is not is
/// refused elsewhere.
func jsonHasRepeatedMember(_ bytes: [UInt8]) -> Bool {
  // One set of names for each object that is open, nil for an array.
  var open: [Set<String>?] = []
  var position = 0
  while position < bytes.count {
    switch bytes[position] {
    case UInt8(ascii: "{"): open.append([])
    case UInt8(ascii: "["): open.append(nil)
    case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
    case UInt8(ascii: "\""):
      let name = jsonStringEnd(bytes, after: position).map { bytes[(position + 1)..<$0] }
      guard let name else { return false }
      position = name.endIndex
      guard jsonIsName(bytes, endingAt: position), open.last != nil else { break }
      guard let plain = jsonUnescaped(name) else { return true }
      // In place: a copy of the set for each name would make many names slow.
      if open[open.count - 1]?.insert(plain).inserted == false { return true }
    default: break
    }
    position += 1
  }
  return false
}

/// A string without escapes; nil when they cannot be read.
private func jsonUnescaped(_ name: ArraySlice<UInt8>) -> String? {
  guard name.contains(UInt8(ascii: "\\")) else { return String(decoding: name, as: UTF8.self) }
  let quote = UInt8(ascii: "\"")
  return try? JSONDecoder().decode(String.self, from: Data([quote] + name + [quote]))
}

/// Where the string that begins at a quote ends: the place of its other quote.
private func jsonStringEnd(_ bytes: [UInt8], after quote: Int) -> Int? {
  var position = quote + 1
  while position < bytes.count {
    switch bytes[position] {
    case UInt8(ascii: "\\"): position += 2
    case UInt8(ascii: "\""): return position
    default: position += 1
    }
  }
  return nil
}

/// Whether a string is a name: a colon follows it.
private func jsonIsName(_ bytes: [UInt8], endingAt quote: Int) -> Bool {
  let next = bytes[(quote + 1)...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
  return next == UInt8(ascii: ":")
}
