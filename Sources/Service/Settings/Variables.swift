import FoundationEssentials

/// The environment together with systemd's credentials.
enum Variables {
  /// Largest credential file that is read, in bytes.
  private static let fileBytesMax = 64 * 1024

  /// - Returns: the environment; a file `coinpay_db_password` in `$CREDENTIALS_DIRECTORY` gives
  ///   `COINPAY_DB_PASSWORD` and wins over a variable of that name.
  static func all() -> [String: String] {
    var variables = ProcessInfo.processInfo.environment
    guard let folder = variables["CREDENTIALS_DIRECTORY"],
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return variables }
    for name in names {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name),
        data.count <= fileBytesMax, let text = String(validating: data, as: UTF8.self)
      else { continue }
      variables[name.uppercased()] = String(text.reversed().drop { $0.isNewline }.reversed())
    }
    return variables
  }
}
