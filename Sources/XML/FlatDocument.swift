import CExpat

/// A document of one root element with one level of elements in it, as WeChat Pay v2 speaks.
///
/// Invariant: no name occurs twice. Values are as written: CDATA is literal, runs of text are joined,
/// nothing is trimmed.
public struct FlatDocument: Equatable, Sendable {
  public let root: String
  /// In values, bytes that are of no character stand as U+FFFD.
  public let fields: [(name: String, value: String)]
  /// The values byte by byte, for signatures.
  public let rawFields: [(name: String, value: [UInt8])]

  /// Largest document that is read, in bytes.
  public static let bytesMax = 1024 * 1024
  /// Most elements in the root.
  public static let fieldsMax = 512

  /// Reads UTF-8. A value may hold bytes that are of no character, such as a name that was cut.
  ///
  /// - Throws: `XMLError` for anything else than such a document, in particular for a DOCTYPE, without
  ///   which there are no entities but the five of XML itself.
  public init(_ bytes: [UInt8]) throws(XMLError) {
    guard bytes.count <= FlatDocument.bytesMax else { throw .tooLarge }
    // A byte order mark would let the document choose another encoding.
    guard !bytes.contains(0) else { throw .malformed }
    let encoding: ExpatParser.Encoding =
      String(validating: bytes, as: UTF8.self) == nil ? .bytes : .utf8
    // Before libexpat sees it: a document type is where its faults of the past began.
    if FlatDocument.hasDeclarationInFront(bytes) { throw .documentType }
    let parser = try ExpatParser(encoding)
    try parser.parse(bytes)
    let builder = parser.builder
    guard let root = builder.root else { throw .malformed }
    self.root = root
    rawFields = builder.fields.map { ($0.name, encoding.bytes(of: $0.value)) }
    fields = rawFields.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
    // Bytes that are of no character have no place in the names.
    let isNamed =
      encoding == .utf8 || rawFields.allSatisfy { $0.name.utf8.allSatisfy { $0 < 0x80 } }
    guard isNamed else { throw .malformed }
  }

  /// Whether a declaration such as DOCTYPE stands in front of the root, where alone it may be. What else is wrong there
  /// is left to the parser.
  private static func hasDeclarationInFront(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...]
      if rest.starts(with: "<!--".utf8) {
        guard let end = rest.dropFirst(4).firstRange(of: "-->".utf8) else { return false }
        rest = rest[end.upperBound...]
      } else if rest.starts(with: "<?".utf8) {
        guard let end = rest.firstRange(of: "?>".utf8) else { return false }
        rest = rest[end.upperBound...]
      } else {
        return rest.starts(with: "<!".utf8)
      }
    }
    return false
  }

  public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  public static func == (left: FlatDocument, right: FlatDocument) -> Bool {
    left.root == right.root && left.fields.elementsEqual(right.fields, by: ==)
  }
}

/// Why a document was not read.
public enum XMLError: Error, Hashable, Sendable {
  case tooLarge
  case malformed
  /// A document type could name entities and files.
  case documentType
  case nested
  case repeatedElement
  case tooManyElements
}

extension FlatDocument {
  /// Writes a document with every value in CDATA.
  public static func write(root: String, _ fields: [(name: String, value: String)]) -> [UInt8] {
    let elements = fields.map { name, value in
      "<\(name)><![CDATA[\(inSection(value))]]></\(name)>"
    }
    return Array("<\(root)>\(elements.joined())</\(root)>".utf8)
  }

  /// "]]>" would end the section, also where a mark above the ">" makes it another character: it is spread over two.
  private static func inSection(_ value: String) -> String {
    var (safe, brackets) = (String.UnicodeScalarView(), 0)
    for scalar in value.unicodeScalars {
      if scalar == ">", brackets >= 2 { safe.append(contentsOf: "]]><![CDATA[".unicodeScalars) }
      brackets = scalar == "]" ? brackets + 1 : 0
      safe.append(scalar)
    }
    return String(safe)
  }
}
