/// The folder with all backup sets of a machine.
struct BackupShelf {
  static let folderStandard = "/var/lib/coinpay/backups"
  /// In memory only: a stolen disk or copy reads nothing.
  private static let drillKey = "/run/coinpay/drill.key"
  /// Of a manifest, which has a line for each piece.
  private static let manifestBytesMax = 4 << 20
  private static let keySeconds = 20

  let folder: String

  init(folder: String = folderStandard) { self.folder = folder }

  /// The names of all sets, the oldest first. A folder without a manifest is no set.
  var names: [String] {
    BackupAge.sets(SmallFile.names(in: folder)).filter {
      SmallFile.bytes(BackupShelf.manifestPath("\(folder)/\($0)")) ?? 0 > 0
    }
  }

  /// - Returns: nil when it cannot be read.
  static func manifest(of set: String) -> BackupManifest? {
    SmallFile.text(manifestPath(set), bytesMax: manifestBytesMax)
      .map { BackupManifest(text: $0) }
  }

  static func manifestPath(_ set: String) -> String { set + "/" + BackupManifest.fileName }

  /// A line about each set, the oldest first.
  func lines(recipient: String?) -> [String] {
    names.map { name in
      let set = "\(folder)/\(name)"
      let bytes = SmallFile.names(in: set).compactMap { SmallFile.bytes("\(set)/\($0)") }
      return BackupShelf.manifest(of: set)?.line(
        name: name, bytes: bytes.reduce(0, +), recipient: recipient) ?? "\(name)  cannot be read"
    }
  }

  /// The newest set that the drill can read; nil when there is none.
  func newest(readBy recipient: String?) -> String? {
    names.last { name in
      BackupShelf.manifest(of: "\(folder)/\(name)")?.isRead(by: recipient) == true
    }
  }

  /// The public half of the key for drills; nil when there is none, as after a restart.
  static func drillRecipient() -> String? {
    guard SmallFile.bytes(drillKey) ?? 0 > 0 else { return nil }
    var answer: [UInt8] = []
    let end = ChildProcess.run(
      ["/usr/bin/age-keygen", "-y", drillKey], timeout: .seconds(keySeconds)
    ) { answer += $0 }
    guard end == .exited(0) else { return nil }
    return String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isNewline).first
      .map { String($0) }
  }
}
