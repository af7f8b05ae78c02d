import Vocabulary

/// What a backup set says of itself; see systemd/backup-set.sh for what a set is.
struct BackupManifest: Hashable {
  struct Piece: Hashable {
    let words: [String: String]

    var kind: String { words["kind"] ?? "" }
    var file: String { words["file"] ?? "" }
    /// Whether it holds the books, as opposed to the configuration and logs of changes.
    var isState: Bool { ["full", "incremental", "dump"].contains(kind) }
  }

  /// Of the whole set.
  let about: [String: String]
  /// In the order in which they were made.
  let pieces: [Piece]

  static let fileName = "manifest"

  init(text: String) {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: " ") }
    about = lines.first { $0.first == "set" }.map { BackupManifest.words($0.dropFirst()) } ?? [:]
    pieces = lines.filter { $0.first == "piece" }.map {
      Piece(words: BackupManifest.words($0.dropFirst()))
    }
  }

  /// `NAME=VALUE`; what is said first counts.
  private static func words(_ words: ArraySlice<Substring>) -> [String: String] {
    words.reduce(into: [:]) { words, word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, words[String(parts[0])] == nil else { return }
      words[String(parts[0])] = String(parts[1])
    }
  }

  var newestState: Piece? { pieces.last { $0.isState } }

  /// Whether every piece is encrypted to this public key of the drill.
  func isRead(by recipient: String?) -> Bool {
    guard let recipient, !recipient.isEmpty, !pieces.isEmpty else { return false }
    return pieces.allSatisfy { $0.words["drill"] == recipient }
  }

  /// The set on one line, for people.
  func line(name: String, bytes: Int64, recipient: String?) -> String {
    let state = newestState
    let ended = state?.words["ended"].flatMap { Int64($0) }
      .flatMap { Timestamp(reportedUnixSeconds: $0) }
    return [
      name, about["method"] ?? "?", "\(pieces.count) pieces", "\(bytes / 1_000_000) MB",
      "until \(ended.map { "\($0)" } ?? "?")", "entry \(state?.words["entry"] ?? "?")",
      isRead(by: recipient) ? "the drill reads it" : nil,
    ].compactMap { $0 }.joined(separator: "  ")
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
