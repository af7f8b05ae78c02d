/// Something of the domain that readers see by a name, such as the state of an order.
///
/// An enum answers by a `switch` without `default`, so that the compiler asks for the name of a new case.
public protocol Named {
  var phrase: Phrase { get }
}

extension Named {
  public func name(_ language: Language) -> String { phrase.text(language) }
}

extension Named where Self: RawRepresentable, RawValue == String {
  /// The name of what a row keeps. What no case stands for, such as the word of a newer version, is shown as it is.
  public static func name(of stored: String, _ language: Language) -> String {
    Self(rawValue: stored)?.name(language) ?? stored
  }
}
