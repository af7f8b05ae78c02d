/// The fields of a body in `application/x-www-form-urlencoded` as bytes, for a sender that signs them
/// in another character set than UTF-8.
public struct RawFormBody: Sendable, Equatable {
  public struct Field: Sendable, Equatable {
    public let name: [UInt8]
    public let value: [UInt8]
  }

  /// In the order they came in.
  public let fields: [Field]

  /// Decodes each name and each value once.
  ///
  /// - Throws: `BodyError.malformed` for an invalid percent escape, a NUL, a name that occurs twice, or
  ///   more than `FormBody.fieldsMax` fields.
  public init(_ bytes: [UInt8]) throws(BodyError) {
    var fields: [Field] = []
    var names: Set<[UInt8]> = []
    // What is beyond the bound is not taken apart.
    let pieces = bytes.split(separator: UInt8(ascii: "&"), maxSplits: FormBody.fieldsMax)
    for piece in pieces {
      let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
      guard fields.count < FormBody.fieldsMax,
        let name = PercentCoding.decodeBytes(piece[..<equals], plusIsSpace: true),
        let value = PercentCoding.decodeBytes(piece[equals...].dropFirst(), plusIsSpace: true),
        names.insert(name).inserted
      else { throw .malformed }
      fields.append(Field(name: name, value: value))
    }
    self.fields = fields
  }

  /// The value of a name of ASCII characters.
  public subscript(_ name: String) -> [UInt8]? {
    fields.first { $0.name.elementsEqual(name.utf8) }?.value
  }
}
