extension Unicode.Scalar {
  /// Whether a reader sees anything of it: no space, no control, and nothing that Unicode lets fonts leave out, such as
  /// joiners, direction marks, variation selectors and the fillers of Hangul.
  var isVisible: Bool {
    if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return false }
    switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
    default: return !Unicode.Scalar.blankSymbols.contains(self)
    }
  }

  /// Letters and symbols by their category that are drawn as nothing: a pattern of Braille without dots, a note
  /// without a head, two spaces of hieroglyphs.
  private static let blankSymbols: Set<Unicode.Scalar> = [
    "\u{2800}", "\u{1D159}", "\u{13441}", "\u{13442}",
  ]
}
