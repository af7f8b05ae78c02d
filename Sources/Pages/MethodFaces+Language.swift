public import Vocabulary

extension MethodFaces {
  /// What people call a method; of one that this version does not know, its name for programs.
  public func name(_ method: PaymentMethod, _ language: Language) -> String {
    self[method]?.name.text(language) ?? method.rawValue
  }
}

extension LocalText {
  func text(_ language: Language) -> String { text(in: language.code) }
}
