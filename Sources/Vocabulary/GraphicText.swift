extension StringProtocol {
  /// Whether every character is printable ASCII and no space, as in the numbers, names and keys of programs. The empty
  /// text has no other character either.
  public var isGraphicASCII: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }

  /// Whether it is a number, name or key that a column of ASCII keeps: not empty, not too long, and graphic throughout.
  public func isGraphicASCII(upTo charactersMax: Int) -> Bool {
    (1...charactersMax).contains(utf8.count) && isGraphicASCII
  }
}
