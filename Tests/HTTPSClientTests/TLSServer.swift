import Foundation
import Glibc

/// `openssl s_server` on a free port of 127.0.0.1, with a certificate of its own making.
///
/// It answers every request with a page about the connection.
final class TLSServer {
  struct Unusable: Error {
    let reason: String
  }

  private static let openssl = URL(filePath: "/usr/bin/openssl")
  private let folder: URL
  private let server = Process()
  let port: Int

  var url: String { "https://localhost:\(port)/" }
  /// The certificate, which is its own authority.
  var caFile: String { folder.appending(path: "certificate.pem").path() }

  /// - Parameters:
  ///   - names: what the certificate is for, such as `DNS:localhost`.
  ///   - options: further options of s_server.
  init(names: String = "DNS:localhost", options: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "coinpay-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let certificate = folder.appending(path: "certificate.pem").path()
    let key = folder.appending(path: "key.pem").path()
    let maker = Process()
    maker.executableURL = Self.openssl
    maker.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
      "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=CoinPay test",
      "-addext", "subjectAltName=" + names,
    ]
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    guard maker.terminationStatus == 0 else { throw Unusable(reason: "no certificate") }

    let output = Pipe()
    server.executableURL = Self.openssl
    server.arguments =
      ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"] + options
    server.standardInput = FileHandle.nullDevice
    server.standardOutput = output
    server.standardError = FileHandle.nullDevice
    try server.run()
    port = try Self.port(in: output.fileHandleForReading)
  }

  /// Reads the line `ACCEPT 127.0.0.1:port`, which says that the server listens.
  private static func port(in output: FileHandle) throws -> Int {
    var text = ""
    while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
      let piece = output.availableData
      guard !piece.isEmpty else { throw Unusable(reason: "s_server ended") }
      text += String(decoding: piece, as: UTF8.self)
    }
    let line = text.split(separator: "\n").last { $0.hasPrefix("ACCEPT") }
    guard let port = line?.split(separator: ":").last.flatMap({ Int($0) }) else {
      throw Unusable(reason: "no port in the output of s_server")
    }
    return port
  }

  deinit {
    if server.isRunning {
      // The child inherits the blocked signals of the thread that runs a test, SIGTERM among them.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }
}
