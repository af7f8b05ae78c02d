/// The languages that a client prefers (RFC 9110, section 12.5.4).
public struct AcceptLanguage: Sendable, Equatable {
  /// Most languages of a header that are looked at.
  public static let rangesMax = 32

  private struct Range: Sendable, Equatable {
    let tag: String
    /// 0 (never) to 1,000 (most wanted).
    let thousandths: Int
  }

  private let ranges: [Range]

  /// - Parameter header: the value of `Accept-Language`; what cannot be read in it is ignored.
  public init(_ header: String?) {
    let pieces = (header ?? "").split(separator: ",", maxSplits: Self.rangesMax)
    ranges = pieces.prefix(Self.rangesMax).compactMap { piece in
      let parts = piece.split(separator: ";", maxSplits: 1).map(\.trimmed)
      guard let tag = parts.first, !tag.isEmpty else { return nil }
      guard parts.count > 1 else { return Range(tag: tag.lowercased(), thousandths: 1_000) }
      guard let thousandths = parseQuality(parts[1]) else { return nil }
      return Range(tag: tag.lowercased(), thousandths: thousandths)
    }
  }

  /// Chooses one of the languages that we speak.
  /// - Parameters:
  ///   - tags: the languages on offer, for example `zh-CN` and `en`.
  ///   - fallback: the answer when the client wants none of them.
  public func choose(among tags: [String], default fallback: String = "zh-CN") -> String {
    var best = fallback
    var bestThousandths = 0
    for tag in tags {
      let quality = thousandths(of: tag)
      let isBetter = quality > bestThousandths || (quality == bestThousandths && tag == fallback)
      if quality > 0 && isBetter {
        best = tag
        bestThousandths = quality
      }
    }
    return best
  }

  /// The most specific range that fits the tag decides: the tag, then its language, then `*`.
  private func thousandths(of tag: String) -> Int {
    let tag = tag.lowercased()
    let language = tag.prefix { $0 != "-" }
    let exact = ranges.first { $0.tag == tag }
    let sameLanguage = ranges.filter { $0.tag.prefix { $0 != "-" } == language }
      .max { $0.thousandths < $1.thousandths }
    return (exact ?? sameLanguage ?? ranges.first { $0.tag == "*" })?.thousandths ?? 0
  }
}

/// Reads `q=0.8` as 800. Nil when it is anything else.
private func parseQuality(_ text: Substring) -> Int? {
  guard let equals = text.firstIndex(of: "="),
    text[..<equals].trimmed.lowercased() == "q"
  else { return nil }
  let digits = text[equals...].dropFirst().trimmed
  guard let whole = digits.first, whole == "0" || whole == "1" else { return nil }
  let rest = digits.dropFirst()
  if rest.isEmpty { return whole == "1" ? 1_000 : 0 }
  let fraction = rest.dropFirst()
  guard rest.first == ".", fraction.count <= 3,
    fraction.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
  else { return nil }
  let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
  guard let thousandths = Int(padded) else { return nil }
  return whole == "1" ? 1_000 : thousandths
}
