/// Names and values in `application/x-www-form-urlencoded`, in the order they came in.
///
/// Both a query and a form body are written so (WHATWG URL, section 5.1). A name without `=` has an
/// empty value; empty pieces between two `&` count for nothing.
struct FormFields: Sendable, Equatable {
  /// One name with its value, both decoded.
  struct Field: Sendable, Equatable {
    let name: String
    let value: String
  }

  let fields: [Field]

  init(_ fields: [Field] = []) { self.fields = fields }

  /// - Returns: nil when an escape or the UTF-8 is invalid, or there are more than `fieldsMax`.
  init?(_ bytes: some Collection<UInt8>, fieldsMax: Int) {
    var fields: [Field] = []
    // What is beyond the bound is not taken apart.
    for piece in bytes.split(separator: UInt8(ascii: "&"), maxSplits: fieldsMax) {
      if fields.count == fieldsMax { return nil }
      let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
      guard let name = PercentCoding.decode(piece[..<equals], plusIsSpace: true),
        let value = PercentCoding.decode(piece[equals...].dropFirst(), plusIsSpace: true)
      else { return nil }
      fields.append(Field(name: name, value: value))
    }
    self.fields = fields
  }

  func values(_ name: String) -> [String] {
    fields.lazy.filter { $0.name == name }.map(\.value)
  }

  func first(_ name: String) -> String? {
    fields.first { $0.name == name }?.value
  }

  var repeatedName: String? {
    var seen: Set<String> = []
    return fields.first { !seen.insert($0.name).inserted }?.name
  }
}
