/// The members of a JSON object with the exact bytes of their values, for signatures that cover them.
///
/// Only the outermost object is looked at: a name in a string or deeper down is none of its members.
struct TopLevelMembers {
  private(set) var members: [(name: [UInt8], value: ArraySlice<UInt8>)] = []

  /// Nil unless the bytes are one object whose names hold no escapes and occur once.
  init?(_ bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    var names: Set<[UInt8]> = []
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        guard let name = scanner.string(), !name.contains(UInt8(ascii: "\\")),
          names.insert(Array(name)).inserted, scanner.take(UInt8(ascii: ":")),
          let value = scanner.value()
        else { return nil }
        members.append((Array(name), value))
      } while scanner.take(UInt8(ascii: ","))
      guard scanner.take(UInt8(ascii: "}")) else { return nil }
    }
    guard scanner.isAtEnd else { return nil }
  }

  subscript(_ name: String) -> ArraySlice<UInt8>? {
    members.first { $0.name.elementsEqual(name.utf8) }?.value
  }

  /// The text of a member that is a plain string.
  func text(_ name: String) -> String? {
    guard let value = self[name], value.first == UInt8(ascii: "\""), value.count >= 2 else {
      return nil
    }
    let inner = value.dropFirst().dropLast()
    // The one escape that occurs in signatures.
    let text = String(decoding: inner, as: UTF8.self).split(
      separator: "\\/", omittingEmptySubsequences: false
    ).joined(separator: "/")
    return text.contains("\\") ? nil : text
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
      while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return position == bytes.count
      }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      skipSpace()
      guard current == byte else { return false }
      position += 1
      return true
    }

    /// The inside of a string.
    mutating func string() -> ArraySlice<UInt8>? {
      guard take(UInt8(ascii: "\"")) else { return nil }
      let start = position
      while let byte = current {
        position += 1
        if byte == UInt8(ascii: "\\") {
          guard current != nil else { return nil }
          position += 1
        } else if byte == UInt8(ascii: "\"") {
          return bytes[start..<(position - 1)]
        }
      }
      return nil
    }

    /// The bytes of a value of any kind.
    mutating func value() -> ArraySlice<UInt8>? {
      skipSpace()
      let start = position
      switch current {
      case UInt8(ascii: "\""):
        guard string() != nil else { return nil }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard skipNested() else { return nil }
      default:
        while let byte = current, ![0x2C, 0x7D, 0x5D, 0x20, 0x09, 0x0A, 0x0D].contains(byte) {
          position += 1
        }
      }
      return position > start ? bytes[start..<position] : nil
    }

    private mutating func skipNested() -> Bool {
      var depth = 0
      repeat {
        switch current {
        case UInt8(ascii: "\""):
          guard string() != nil else { return false }
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case nil: return false
        default: break
        }
        position += 1
      } while depth > 0
      return true
    }
  }
}
