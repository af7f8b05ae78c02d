import Crypto
import FoundationEssentials
import Glibc

/// Finds out what only root may see of the machine, for `coinpay doctor`.
struct MachineSurvey {
  private static let settingsFile = "/etc/coinpay/coinpay.env"
  private static let certificateFile = "/etc/coinpay/tls/fullchain.pem"
  private static let activeFile = "/var/lib/coinpay/deploy/active"
  private static let timerFolder = "/lib/systemd/system"
  private static let pools = ["web", "webhook"]
  private static let fileBytesMax = 1 << 20
  private static let secondsMax = 10

  private let settings: String
  private let baseURL: String
  private var facts = FactLines()

  private init() {
    settings = MachineSurvey.file(MachineSurvey.settingsFile) ?? ""
    baseURL = MachineAnswers.setting("COINPAY_BASE_URL", in: settings)
  }

  /// The facts, one a line.
  static func text() -> String {
    var survey = MachineSurvey()
    let colour = (file(activeFile) ?? "").filter { !$0.isWhitespace }
    survey.add("colour", colour.isEmpty ? "blue" : colour)
    survey.addClock()
    for pool in pools { survey.addSocket(pool, colour.isEmpty ? "blue" : colour) }
    survey.addNginx()
    survey.addCertificate()
    survey.addDisks()
    survey.addTimers()
    return survey.facts.text
  }

  private mutating func add(_ name: String, _ value: String?) { facts.add(name, value) }

  // MARK: Clock, sockets, nginx

  private mutating func addClock() {
    let words = ["/usr/bin/timedatectl", "show", "--property=NTPSynchronized", "--value"]
    add("clock_synchronized", MachineSurvey.output(words).text)
  }

  private mutating func addSocket(_ pool: String, _ colour: String) {
    let access = FileAccess(of: MachineSurvey.socket(pool, colour))
    add("socket_\(pool)", access?.text ?? "missing")
    add("socket_\(pool)_answers", MachineSurvey.answers(pool, colour) ? "yes" : "no")
  }

  /// Whether both pools of a colour answer on their sockets, without nginx.
  static func isReady(_ colour: String) -> Bool {
    pools.allSatisfy { answers($0, colour) }
  }

  private static func answers(_ pool: String, _ colour: String) -> Bool {
    let answer = output([
      "/usr/bin/env", "REQUEST_METHOD=GET", "REQUEST_URI=/readyz", "REMOTE_ADDR=127.0.0.1",
      "cgi-fcgi", "-bind", "-connect", socket(pool, colour),
    ]).text
    return MachineAnswers.answers(pool: pool, answer)
  }

  private static func socket(_ pool: String, _ colour: String) -> String {
    "/run/coinpay/\(colour)/\(pool).sock"
  }

  private mutating func addNginx() {
    let test = MachineSurvey.output(["/usr/sbin/nginx", "-q", "-t"], errors: .received)
    add("nginx_configuration", MachineAnswers.configuration(test.end, test.text))
    let parts = ["/etc/nginx/sites-enabled/coinpay", "/etc/nginx/conf.d/coinpay.conf"]
    let isEnabled = parts.allSatisfy { FileManager.default.fileExists(atPath: $0) }
    add("nginx_site", isEnabled ? "enabled" : "missing")
    let (host, port) = SiteCertificate.site(baseURL) ?? ("", "")
    let answer = MachineSurvey.output(
      [
        "/usr/bin/curl", "-sSk", "--max-time", "\(MachineSurvey.secondsMax)", "--resolve",
        "\(host):\(port):127.0.0.1", "\(baseURL)/readyz",
      ], errors: .received)
    add("site_answer", answer.text)
  }

  // MARK: Certificate

  private mutating func addCertificate() {
    let host = SiteCertificate.site(baseURL)?.host ?? ""
    let ofFile = MachineSurvey.file(MachineSurvey.certificateFile)
      .flatMap { try? Certificate.first(text: $0) }
    let otherHost = "it is not for \(host)"
    let handshake = SiteCertificate.handshake(baseURL: baseURL)
    guard let shown = SiteCertificate.certificate(handshake: handshake) else {
      // nginx refuses names that are not its site's.
      if ofFile?.isFor(host: host) != true { add("certificate_host", otherHost) }
      return
    }
    add("certificate_ends", "\(shown.validUntilUnixSeconds)")
    add("certificate_shown", shown.fingerprint)
    add("certificate_file", ofFile?.fingerprint)
    add("certificate_host", shown.isFor(host: host) ? "ok" : otherHost)
    add("certificate_chain", MachineAnswers.chain(handshake: handshake))
  }

  // MARK: Disks and timers

  private mutating func addDisks() {
    if !MachineAnswers.setting("COINPAY_DB_SOCKET", in: settings).isEmpty {
      let options = MachineSurvey.output(["/usr/bin/my_print_defaults", "--mysqld"]).text
      addDisk("data", MachineAnswers.option("datadir", options) ?? "/var/lib/mysql")
    }
    addDisk("backups", "/var/lib/coinpay/backups")
    addDisk("logs", "/var/log")
  }

  private mutating func addDisk(_ name: String, _ path: String) {
    if let room = DiskRoom(of: path) { add("disk_\(name)", "\(path) \(room.text)") }
  }

  private mutating func addTimers() {
    let names = SmallFile.names(in: MachineSurvey.timerFolder).filter {
      $0.hasPrefix("coinpay-") && $0.hasSuffix(".timer")
    }
    guard !names.isEmpty else { return }
    let timers = MachineSurvey.units(["Id", "Unit", "UnitFileState", "ActiveState"], names)
    let units = MachineSurvey.units(["Id", "Result"], timers.compactMap { $0["Unit"] })
    for timer in timers {
      let result = units.first { $0["Id"] == timer["Unit"] }?["Result"] ?? FactLines.unknown
      let name = (timer["Id"] ?? "").dropFirst("coinpay-".count).dropLast(".timer".count)
      add(
        "timer_\(name)", "\(timer["UnitFileState"] ?? "") \(timer["ActiveState"] ?? "") \(result)")
    }
  }

  private static func units(_ properties: [String], _ names: [String]) -> [[String: String]] {
    let list = properties.joined(separator: ",")
    return MachineAnswers.units(
      output(["/usr/bin/systemctl", "show", "--property=\(list)", "--"] + names).text)
  }

  // MARK: Other programs and files

  private static func output(
    _ words: [String], errors: ChildProcess.Errors = .dropped
  ) -> (end: ChildProcess.End, text: String) {
    var bytes: [UInt8] = []
    // Longer than the longest of them waits by itself.
    let end = ChildProcess.run(words, timeout: .seconds(secondsMax + 5), errors: errors) {
      bytes += $0.prefix(fileBytesMax - bytes.count)
    }
    return (end, String(decoding: bytes, as: UTF8.self))
  }

  /// Links are followed: the certificate is one.
  private static func file(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map {
      String(decoding: $0.prefix(fileBytesMax), as: UTF8.self)
    }
  }
}

/// Who may do what with a file.
struct FileAccess {
  private let mode: mode_t
  private let user: String
  private let group: String

  private static let unknown = "UNKNOWN"

  /// - Returns: nil when it is not there.
  init?(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    mode = status.st_mode & 0o7777
    user =
      unsafe getpwuid(status.st_uid).map { unsafe String(cString: $0.pointee.pw_name) }
      ?? FileAccess.unknown
    group =
      unsafe getgrgid(status.st_gid).map { unsafe String(cString: $0.pointee.gr_name) }
      ?? FileAccess.unknown
  }

  /// `660 root www-data`
  var text: String { "\(String(mode, radix: 8)) \(user) \(group)" }
}

extension DiskRoom {
  /// - Returns: nil when there is no such folder.
  init?(of path: String) {
    var isFolder = false
    var disk = statvfs()
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder,
      unsafe statvfs(path, &disk) == 0
    else { return nil }
    let block = UInt64(disk.f_frsize)
    self.init(
      freeBytes: UInt64(disk.f_bavail).multipliedReportingOverflow(by: block).partialValue,
      bytes: UInt64(disk.f_blocks).multipliedReportingOverflow(by: block).partialValue,
      freeInodes: UInt64(disk.f_ffree), inodes: UInt64(disk.f_files))
  }
}
