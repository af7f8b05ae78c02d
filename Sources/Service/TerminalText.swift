import AdminPages

/// Text of strangers as it may stand on a terminal: what would move the cursor, change what stands there already or turn
/// the direction of writing is shown by its number.
enum TerminalText {
  static func shown(_ text: String) -> String {
    escaped(text) { "\\u{\(String($0.value, radix: 16, uppercase: true))}" }
  }

  /// The same of JSON, which stays JSON of the same value.
  static func shownJSON(_ text: String) -> String {
    escaped(text) { scalar in
      let digits = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  private static func escaped(_ text: String, _ form: (Unicode.Scalar) -> String) -> String {
    guard text.unicodeScalars.contains(where: isActive) else { return text }
    return text.unicodeScalars.reduce(into: "") { shown, scalar in
      if isActive(scalar) { shown += form(scalar) } else { shown.unicodeScalars.append(scalar) }
    }
  }

  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" || scalar == "\t" { return false }
    return scalar.properties.generalCategory == .control || BidirectionalText.isControl(scalar)
  }
}
