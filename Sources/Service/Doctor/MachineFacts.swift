import FoundationEssentials

/// What only root may see of the machine, as `coinpay machine-facts` tells it: `NAME VALUE` on each line.
struct MachineFacts {
  private let values: [String: String]

  /// Largest text that is read, in bytes.
  private static let textBytesMax = 64 * 1024
  /// Said of checks that need facts when there are none.
  static let absence = "told to root by the installed package only"

  init(text: String) {
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      values[String(parts[0])] = String(parts[1])
    }
    self.values = values
  }

  /// - Parameter path: `-` is standard input. A pipe of root cannot be opened again by its path.
  /// - Returns: nil when the file cannot be read.
  init?(file path: String) {
    if path == "-" {
      var text = ""
      while text.utf8.count < MachineFacts.textBytesMax,
        let line = readLine(strippingNewline: false)
      {
        text += line
      }
      self.init(text: text)
      return
    }
    guard let data = FileManager.default.contents(atPath: path),
      data.count <= MachineFacts.textBytesMax, let text = String(validating: data, as: UTF8.self)
    else { return nil }
    self.init(text: text)
  }

  subscript(_ name: String) -> String? { values[name] }

  func number(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

  func words(_ name: String) -> [String]? {
    values[name].map { $0.split(separator: " ").map(String.init) }
  }

  /// The rest of all names that begin with a prefix, sorted.
  func names(after prefix: String) -> [String] {
    values.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
  }
}
