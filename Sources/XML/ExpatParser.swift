import CExpat

/// One run of libexpat over one document.
@safe final class ExpatParser {
  /// What the callbacks build.
  @safe final class Builder {
    /// The parser that calls, for as long as it lives.
    fileprivate var parser: XML_Parser?
    var root: String?
    var fields: [(name: String, value: String)] = []
    var names: Set<String> = []
    var depth = 0
    var text = ""
    /// Ends the parser: what follows would cost time and memory for nothing.
    var error: XMLError? {
      didSet { _ = unsafe XML_StopParser(parser, XML_Bool(XML_FALSE)) }
    }

    func open(_ name: String) {
      if error != nil { return }
      depth += 1
      switch depth {
      case 1: root = name
      case 2:
        text = ""
        if !names.insert(name).inserted { error = .repeatedElement }
        if names.count > FlatDocument.fieldsMax { error = .tooManyElements }
      default: error = .nested
      }
    }

    func close(_ name: String) {
      if error != nil { return }
      if depth == 2 { fields.append((name, text)) }
      depth -= 1
    }

    func add(_ run: String) {
      if depth == 2, error == nil { text += run }
    }
  }

  let builder = Builder()
  private let parser: XML_Parser

  /// What the parser takes the bytes for.
  enum Encoding: String {
    case utf8 = "UTF-8"
    /// One character for each byte, whatever bytes there are.
    case bytes = "ISO-8859-1"

    /// What stands in the document for a text that the parser gave.
    func bytes(of text: String) -> [UInt8] {
      switch self {
      case .utf8: Array(text.utf8)
      // A reference to a character may be to one that is no byte.
      case .bytes:
        text.unicodeScalars.flatMap {
          UInt8(exactly: $0.value).map { [$0] } ?? Array(String($0).utf8)
        }
      }
    }
  }

  init(_ encoding: Encoding) throws(XMLError) {
    // The name overrides what the document says about its encoding.
    guard let parser = unsafe XML_ParserCreate(encoding.rawValue) else { throw .malformed }
    unsafe self.parser = unsafe parser
    unsafe builder.parser = unsafe parser
    unsafe XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
    unsafe XML_SetElementHandler(
      parser,
      { target, name, _ in
        guard let name = unsafe name else { return }
        unsafe buildState(target)?.open(String(cString: name))
      },
      { target, name in
        guard let name = unsafe name else { return }
        unsafe buildState(target)?.close(String(cString: name))
      })
    unsafe XML_SetCharacterDataHandler(parser) { target, bytes, count in
      guard let bytes = unsafe bytes else { return }
      let run = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
      unsafe buildState(target)?.add(String(decoding: run, as: UTF8.self))
    }
    unsafe XML_SetStartDoctypeDeclHandler(parser) { target, _, _, _, _ in
      unsafe buildState(target)?.error = .documentType
    }
  }

  deinit { unsafe XML_ParserFree(parser) }

  func parse(_ bytes: [UInt8]) throws(XMLError) {
    let status = unsafe bytes.withUnsafeBytes { buffer in
      let characters = unsafe buffer.assumingMemoryBound(to: CChar.self)
      return unsafe XML_Parse(parser, characters.baseAddress, Int32(buffer.count), 1)
    }
    if let error = builder.error { throw error }
    guard status == XML_STATUS_OK else { throw .malformed }
  }
}

private func buildState(_ target: UnsafeMutableRawPointer?) -> ExpatParser.Builder? {
  guard let target = unsafe target else { return nil }
  return unsafe Unmanaged<ExpatParser.Builder>.fromOpaque(target).takeUnretainedValue()
}
