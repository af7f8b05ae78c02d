extension StringProtocol {
  /// Whether a column of ASCII can hold the text. The server refuses to compare any other text with such a column
  /// (error 1267), and what no column can hold no row has.
  public var fitsASCIIColumn: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
