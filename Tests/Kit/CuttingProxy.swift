import Glibc
import Synchronization
import Threads

/// A Unix socket between a client and the server that can break the line around a word of SQL.
public final class CuttingProxy: Sendable {
  public enum Cut: Sendable {
    case never
    /// The server never sees the word.
    case before
    /// The server sees it and acts; its answer is lost.
    case after
  }

  public let path: String
  private let target: String
  private let word: [UInt8]
  private let cut = Mutex(Cut.never)
  private let listener: Int32

  /// - Parameter word: looked for in what the client sends.
  public init(path: String, target: String, word: String) throws {
    self.path = path
    self.target = target
    self.word = Array(word.utf8)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard unsafe UnixAddress.with(path, { unsafe bind(listener, $0, $1) }) == 0,
      listen(listener, 16) == 0
    else {
      throw Command.Failure(description: "the proxy cannot listen on \(path)")
    }
    _ = try WorkerThread.start(name: "proxy", stackBytes: Self.stackBytes) { [self] in acceptAll() }
  }

  public func set(_ cut: Cut) { self.cut.withLock { $0 = cut } }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      guard unsafe UnixAddress.with(target, { unsafe connect(server, $0, $1) }) == 0 else {
        close(client)
        continue
      }
      start { [self] in pump(client, server, isFromClient: true) }
      start { [self] in pump(server, client, isFromClient: false) }
    }
  }

  private static let stackBytes = 256 * 1024

  private func start(_ body: @escaping @Sendable () -> Void) {
    _ = try? WorkerThread.start(name: "proxy", stackBytes: Self.stackBytes, body: body)
  }

  private func pump(_ source: Int32, _ sink: Int32, isFromClient: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(source, &buffer, buffer.count)
      guard count > 0 else { break }
      let cut = cut.withLock { $0 }
      let isHit =
        isFromClient && buffer[0..<count].split(separator: word).count > 1
        || isFromClient && buffer[0..<count].suffix(word.count).elementsEqual(word)
      if isHit, case .before = cut { break }
      if isHit, case .after = cut {
        // The answer's way is closed first, then the server gets the word.
        shutdown(source, Int32(SHUT_WR))
        unsafe write(sink, buffer, count)
        usleep(200_000)
        break
      }
      guard unsafe write(sink, buffer, count) == count else { break }
    }
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(sink, Int32(SHUT_RDWR))
  }
}
