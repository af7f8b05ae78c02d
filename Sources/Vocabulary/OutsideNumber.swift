/// A whole number that somebody outside wrote: in an address, a form, a body or a notification.
///
/// Arithmetic with such a number could end the process, so that none can be done with this type: `within` gives the
/// number once it is known to lie in bounds that the reader names.
///
/// Invariant: it lies in `range`, so that sums of a few such numbers cannot overflow even so.
public struct OutsideNumber: Hashable, Sendable {
  private let value: Int64

  /// The whole numbers that JSON's readers agree on (RFC 8259, section 6): 53 bits and a sign.
  public static let range: ClosedRange<Int64> = -9_007_199_254_740_992...9_007_199_254_740_992
  /// Numbers of rows, which begin with 1.
  public static let identifiers: ClosedRange<Int64> = 1...range.upperBound
  /// Longest text that is looked at, in bytes: a sign, and zeros in front among the digits.
  private static let textBytesMax = 20

  /// Reads decimal digits with at most a minus in front: no plus, no spaces, no other script's digits.
  public init?(_ text: some StringProtocol) {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard text.utf8.count <= OutsideNumber.textBytesMax, !digits.isEmpty,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let value = Int64(text), OutsideNumber.range.contains(value)
    else { return nil }
    self.value = value
  }

  /// The number, or nil when it is out of bounds.
  public func within(_ bounds: ClosedRange<Int64>) -> Int64? {
    bounds.contains(value) ? value : nil
  }

  /// The number, or nil when it is out of bounds.
  public func within(_ bounds: ClosedRange<Int>) -> Int? {
    Int(exactly: value).flatMap { bounds.contains($0) ? $0 : nil }
  }

  /// The number of a row, or nil when it cannot be one.
  public var identifier: Int64? { within(OutsideNumber.identifiers) }
}

extension OutsideNumber: Decodable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let value = try container.decode(Int64.self)
    guard OutsideNumber.range.contains(value) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a number that is too large")
    }
    self.value = value
  }
}
