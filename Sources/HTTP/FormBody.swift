/// The fields of a body in `application/x-www-form-urlencoded`.
public struct FormBody: Sendable, Equatable {
  /// Most fields that one body may hold; more are refused.
  public static let fieldsMax = 256

  private let form: FormFields

  /// Decodes each name and each value once.
  /// - Parameter bytes: the raw body.
  /// - Throws: `BodyError.malformed` for an invalid percent escape, invalid UTF-8, a NUL, or more than
  ///   `fieldsMax` fields.
  public init(_ bytes: some Collection<UInt8>) throws(BodyError) {
    guard let form = FormFields(bytes, fieldsMax: Self.fieldsMax) else { throw .malformed }
    self.form = form
  }

  /// All fields in the order they came in, duplicates included.
  public var fields: [(name: String, value: String)] { form.fields.map { ($0.name, $0.value) } }

  /// The first value of that name.
  public subscript(_ name: String) -> String? { form.first(name) }

  /// All values of that name, in order.
  public func all(_ name: String) -> [String] { form.values(name) }

  /// The first name that occurs a second time. Signed forms are refused when there is one.
  public var repeatedName: String? { form.repeatedName }
}
