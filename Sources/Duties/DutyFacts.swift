import FoundationEssentials
public import Vocabulary

/// What a duty left behind in its folder: one value a file, written by `coinpay duty note` and the scripts of backups.
public struct DutyFacts: Hashable, Sendable {
  private let values: [String: String]

  /// Longest value that is read, in bytes.
  static let valueBytesMax = 256
  /// Where the package keeps the folders of all duties.
  public static let folderStandard = "/var/lib/coinpay/status"

  init(_ values: [String: String]) { self.values = values }

  /// Reads the facts of one duty. What is not there or cannot be read is absent.
  /// - Parameter folder: the folder of all duties.
  public init(of duty: Duty, in folder: String) {
    let path = folder + "/" + duty.rawValue
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    var values: [String: String] = [:]
    // A fact that is just being written is there under its old name.
    for name in names where !name.hasSuffix(".new") {
      values[name] = DutyFacts.value(at: path + "/" + name)
    }
    self.values = values
  }

  private static func value(at path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= valueBytesMax,
      let text = String(validating: data, as: UTF8.self)
    else { return nil }
    let line = text.prefix { !$0.isNewline }
    return line.isEmpty ? nil : String(line)
  }

  /// Whether the duty has ever run.
  public var hasRun: Bool { endedAt != nil }

  /// When it ended last, however.
  public var endedAt: Timestamp? { moment("ended") }

  /// When it ended well last.
  public var succeededAt: Timestamp? { moment("succeeded") }

  /// systemd's word for how it ended last: `success`, `exit-code`, `timeout`, … (systemd.exec(5),
  /// `$SERVICE_RESULT`).
  public var result: String? { values["result"] }

  /// A fact of this duty alone, such as `site_expires`, as a whole number.
  public func number(_ name: String) -> Int64? { values[name].flatMap { Int64($0) } }

  /// A fact in seconds since 1970.
  public func moment(_ name: String) -> Timestamp? {
    number(name).flatMap { Timestamp(reportedUnixSeconds: $0) }
  }
}
