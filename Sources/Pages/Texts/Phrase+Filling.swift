extension Phrase {
  /// In a language.
  public func text(_ language: Language) -> String { language.text(self) }

  /// With its places filled in: `{page}` by the value of `page`.
  public func text(_ language: Language, _ values: [String: String]) -> String {
    var filled = ""
    for (index, piece) in text(language).split(
      separator: "{", omittingEmptySubsequences: false
    ).enumerated() {
      guard index > 0, let end = piece.firstIndex(of: "}"),
        let value = values[String(piece[..<end])]
      else {
        filled += (index > 0 ? "{" : "") + piece
        continue
      }
      filled += value + piece[end...].dropFirst()
    }
    return filled
  }
}

extension Language {
  /// A name and what it stands for.
  public func pair(_ name: String, _ value: String) -> String {
    Phrase.pair.text(self, ["name": name, "value": value])
  }
}
