/// The parameters behind the `?` of a request's address.
public struct QueryParameters: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  /// Most parameters that one address may hold; more are refused.
  public static let parametersMax = 256

  private let form: FormFields

  /// Decodes a query as it stands in the address, without the `?`.
  /// - Returns: nil for an invalid percent escape, invalid UTF-8, a NUL, or too many parameters.
  public init?(_ query: some StringProtocol) {
    guard let form = FormFields(Array(query.utf8), fieldsMax: Self.parametersMax) else {
      return nil
    }
    self.form = form
  }

  /// Parameters that are already decoded.
  public init(dictionaryLiteral elements: (String, String)...) {
    form = FormFields(elements.map { FormFields.Field(name: $0.0, value: $0.1) })
  }

  /// All parameters in the order they came in, duplicates included.
  public var fields: [(name: String, value: String)] { form.fields.map { ($0.name, $0.value) } }

  /// The first value of that name.
  public subscript(_ name: String) -> String? { form.first(name) }

  /// All values of that name, in order.
  public func all(_ name: String) -> [String] { form.values(name) }

  /// The first name that occurs a second time.
  public var repeatedName: String? { form.repeatedName }
}
