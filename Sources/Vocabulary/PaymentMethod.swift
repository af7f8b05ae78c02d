/// How a user pays, and at the same time the name of the provider that handles it. Which ones there are,
/// the folders of providers say.
///
/// Invariant: `rawValue` is 1 to `charactersMax` upper-case ASCII letters and digits, a letter first.
public struct PaymentMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String

  /// Longest name, in characters: what its columns hold.
  public static let charactersMax = 16

  /// Nil for what cannot be the name of a method.
  public init?(rawValue: String) {
    let bytes = rawValue.utf8
    guard let first = bytes.first, PaymentMethod.letters.contains(first),
      bytes.count <= PaymentMethod.charactersMax,
      bytes.allSatisfy({ PaymentMethod.letters.contains($0) || (0x30...0x39).contains($0) })
    else { return nil }
    self.rawValue = rawValue
  }

  /// - Precondition: the text is the name of a method.
  public init(_ name: StaticString) {
    guard let method = PaymentMethod(rawValue: "\(name)") else {
      preconditionFailure("'\(name)' cannot be the name of a payment method")
    }
    self = method
  }

  private static let letters = UInt8(0x41)...0x5A

  /// Development only: payments that are played on our own pages.
  public static let mock = PaymentMethod("MOCK")

  public var description: String { rawValue }
}
