/// Facts as `MachineFacts` reads them: `NAME VALUE` on each line, and no secret.
struct FactLines {
  private(set) var text = ""

  /// Stands for a value that could not be found out.
  static let unknown = "unknown"

  /// - Parameter value: its first line counts.
  mutating func add(_ name: String, _ value: String?) {
    let line =
      (value ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .first.map { String($0) } ?? ""
    text += "\(name) \(line.isEmpty ? FactLines.unknown : line)\n"
  }
}

/// What other programs answer, as facts.
enum MachineAnswers {
  /// Whether a worker answers on one of its sockets.
  /// - Parameter answer: to a request for `/readyz`.
  static func answers(pool: String, _ answer: String) -> Bool {
    // The webhook pool answers every other address than its own by 404.
    let beginning = pool == "web" ? "ready" : "Status: "
    return answer.split(whereSeparator: \.isNewline).contains { $0.hasPrefix(beginning) }
  }

  /// What nginx says about its configuration.
  static func configuration(_ end: ChildProcess.End, _ text: String) -> String {
    end == .exited(0) ? "ok" : text
  }

  /// Whether the chain leads to an issuer that the machine trusts, from what openssl says of a handshake.
  static func chain(handshake text: String) -> String? {
    let mark = "Verify return code: "
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.drop { $0 == " " }
      guard line.hasPrefix(mark) else { continue }
      let words = line.dropFirst(mark.count).split(separator: " ", maxSplits: 1)
      guard let code = words.first else { return nil }
      return code == "0" ? "ok" : words.dropFirst().first.map { String($0) }
    }
    return nil
  }

  /// The properties of units, as `systemctl show` lists them: a block for each.
  static func units(_ text: String) -> [[String: String]] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.split { $0.isEmpty }.map { block in
      block.reduce(into: [:]) { unit, line in
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { unit[String(parts[0])] = String(parts[1]) }
      }
    }
  }

  /// The last value of an option that a program of MariaDB's prints.
  static func option(_ name: String, _ text: String) -> String? {
    let mark = "--\(name)="
    let value = text.split(whereSeparator: \.isNewline).last { $0.hasPrefix(mark) }?
      .dropFirst(mark.count)
    return value.flatMap { $0.isEmpty ? nil : String($0) }
  }

  /// The value of a setting in the text of coinpay.env; the last one counts.
  static func setting(_ name: String, in text: String) -> String {
    let mark = name + "="
    let line = text.split(whereSeparator: \.isNewline).last { $0.hasPrefix(mark) }
    return line.map { String($0.dropFirst(mark.count)) } ?? ""
  }
}

/// Room on a file system.
struct DiskRoom: Hashable {
  let freeBytes: UInt64
  let bytes: UInt64
  let freeInodes: UInt64
  /// 0: it has as many as it needs.
  let inodes: UInt64

  /// Free bytes, free percent of the space and of the inodes.
  var text: String {
    let ofInodes = inodes == 0 ? "-" : "\(DiskRoom.percent(freeInodes, inodes))"
    return "\(freeBytes) \(DiskRoom.percent(freeBytes, bytes)) \(ofInodes)"
  }

  private static func percent(_ part: UInt64, _ whole: UInt64) -> UInt64 {
    guard whole > 0 else { return 0 }
    let product = min(part, whole).multipliedFullWidth(by: 100)
    return whole.dividingFullWidth(product).quotient
  }
}
