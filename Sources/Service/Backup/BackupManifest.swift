/// What a backup set says of itself; see systemd/backup-set.sh for what a set is.
struct BackupManifest: Hashable {
  struct Piece: Hashable {
    let words: [String: String]

    var kind: String { words["kind"] ?? "" }
    var file: String { words["file"] ?? "" }
    /// Whether it holds the books, as opposed to the configuration and logs of changes.
    var isState: Bool { ["full", "incremental", "dump"].contains(kind) }
  }

  /// In the order in which they were made.
  let pieces: [Piece]

  static let fileName = "manifest"

  init(text: String) {
    pieces = text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ")
      guard words.first == "piece" else { return nil }
      return Piece(
        words: words.dropFirst().reduce(into: [:]) { words, word in
          let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          guard parts.count == 2, words[String(parts[0])] == nil else { return }
          words[String(parts[0])] = String(parts[1])
        })
    }
  }

  /// What is wrong with the files of the set: sizes and checksums, and that each increment goes on where the one before
  /// it ended. Needs no key.
  /// - Parameters:
  ///   - bytes: of a file of the set; nil when it is not there.
  ///   - checksum: its SHA-256 in base 16, looked at only when the size is right.
  func problems(
    bytes: (_ file: String) -> Int64?, checksum: (_ file: String) -> String?
  ) -> [String] {
    var position = "0"
    var problems: [String] = []
    for piece in pieces {
      if let problem = problem(piece, position, bytes, checksum) {
        problems.append(problem)
      } else if let end = piece.words["to_lsn"], !end.isEmpty {
        position = end
      }
    }
    if !pieces.contains(where: \.isState) { problems.append("no piece of it holds the books") }
    return problems
  }

  private func problem(
    _ piece: Piece, _ position: String, _ bytes: (String) -> Int64?, _ checksum: (String) -> String?
  ) -> String? {
    let file = piece.file
    guard !file.isEmpty, !file.contains("/"), !file.hasPrefix(".") else {
      return "a piece names no file of the set"
    }
    guard let found = bytes(file) else { return "\(file): missing" }
    let wanted = piece.words["bytes"] ?? ""
    guard "\(found)" == wanted else {
      return "\(file): has \(found) bytes and should have \(wanted)"
    }
    guard let sum = piece.words["sha256"], !sum.isEmpty, checksum(file) == sum else {
      return "\(file): its checksum is wrong"
    }
    guard piece.words["to_lsn"] ?? "" == "" || piece.words["from_lsn"] == position else {
      return "\(file): the increment before it is missing"
    }
    return nil
  }
}
