/// The languages that a reader prefers (RFC 9110, section 12.5.4).
public enum AcceptLanguage {
  /// The best of `available` by quality, then by the reader's order; nil when none is wanted.
  /// `zh` and any `zh-…` stand for each other, so do `en` and `en-…`.
  public static func best(of available: [String], header: String) -> String? {
    var best: (tag: String, quality: Int)?
    for entry in header.split(separator: ",").prefix(entriesMax) {
      let parts = entry.split(separator: ";")
      guard let range = parts.first?.trimmingSpaces.lowercased() else { continue }
      let quality = parts.dropFirst().compactMap(quality).first ?? 1_000
      guard quality > best?.quality ?? 0 else { continue }
      let tag = available.first { range == "*" || primary(range) == primary($0.lowercased()) }
      if let tag { best = (tag, quality) }
    }
    return best?.tag
  }

  private static let entriesMax = 32

  private static func primary(_ tag: String) -> Substring {
    tag.split(separator: "-").first ?? ""
  }

  /// `q=0.8` as thousandths.
  private static func quality(_ parameter: Substring) -> Int? {
    let text = parameter.trimmingSpaces
    guard text.hasPrefix("q="), let value = Double(text.dropFirst(2)), (0...1).contains(value)
    else { return nil }
    return Int(value * 1_000)
  }
}
