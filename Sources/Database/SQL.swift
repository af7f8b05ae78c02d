/// The text of a statement and the values for its `?`, kept apart.
///
/// Text comes from literals in the source only: there is no way to turn a `String` into SQL.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
  let text: String
  let values: [BoundValue]

  /// Longest list after `IN`.
  public static let listValuesMax = 1_024

  public init(stringLiteral text: StaticString) {
    self.text = text.description
    values = []
  }

  public init(stringInterpolation interpolation: StringInterpolation) {
    text = interpolation.text
    values = interpolation.values
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ""
    var values: [BoundValue] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount)
      values.reserveCapacity(interpolationCount)
    }

    public mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

    /// A value: `?`.
    public mutating func appendInterpolation(_ value: some Bindable) {
      text += "?"
      values.append(value.boundValue)
    }

    /// A value or NULL: `?`.
    public mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
      text += "?"
      values.append(value?.boundValue ?? .null)
    }

    /// A part of a statement, with its values.
    public mutating func appendInterpolation(_ part: SQL) {
      text += part.text
      values += part.values
    }

    /// The values after `IN`: `(?, ?)`. The list is filled up to a power of two with its last value,
    /// which changes nothing for `IN` and keeps the number of different statements small.
    ///
    /// - Precondition: 1…`listValuesMax` values; callers pass lists that they bounded themselves.
    public mutating func appendInterpolation(list: [some Bindable]) {
      precondition((1...SQL.listValuesMax).contains(list.count), "an SQL list has 1…1024 values")
      var width = 1
      while width < list.count { width *= 2 }
      text += "(" + Array(repeating: "?", count: width).joined(separator: ", ") + ")"
      let bound = list.map(\.boundValue)
      values += bound
      if let last = bound.last {
        values += Array(repeating: last, count: width - bound.count)
      }
    }
  }
}
