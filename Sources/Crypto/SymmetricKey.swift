/// A 256-bit key that hides itself when printed.
public struct SymmetricKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  let bytes: [UInt8]

  /// The key itself, for a MAC. Never to be stored or printed.
  public var rawBytes: [UInt8] { bytes }

  public static let byteCount = 32

  /// Nil unless there are exactly 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == SymmetricKey.byteCount else { return nil }
    self.bytes = bytes
  }

  public var description: String { "<key>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
