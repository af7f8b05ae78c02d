/// Text of strangers as an operator may read it.
///
/// Characters that turn the direction of writing make a text look like another one ("gpj.exe" for "exe.jpg"). They are
/// shown by their numbers (Unicode Technical Report 36, section 2.4; CVE-2021-42574).
public enum BidirectionalText {
  static func shown(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { shown, scalar in
      if isControl(scalar) {
        shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
  }

  public static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
