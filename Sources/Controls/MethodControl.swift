public import Vocabulary

/// What an operator decided about one payment method.
public struct MethodControl: Hashable, Sendable {
  public let method: PaymentMethod
  public let isOff: Bool
  /// What is offered in its place while it cannot be used.
  public let backup: PaymentMethod?
  /// Its place among the methods; nil for behind all that have one.
  public let position: Int64?

  public init(
    method: PaymentMethod, isOff: Bool = false, backup: PaymentMethod? = nil,
    position: Int64? = nil
  ) {
    self.method = method
    self.isOff = isOff
    self.backup = backup
    self.position = position
  }
}
