import Glibc
import Threads

/// A web server on plain sockets that does what a test asks for, also what no server should do.
public final class LoopbackServer: Sendable {
  public enum Reaction: Sendable {
    case answer([UInt8])
    case answerAndClose([UInt8])
    /// Waits for `release()` before the answer.
    case hold([UInt8])
    case reset
  }

  private struct State {
    var isReleased = false
    var connections: Set<Int32> = []
    var connectionsAccepted = 0
    var requests: [ReceivedRequest] = []
    var threads: [WorkerThread] = []
  }

  public let port: UInt16
  private let listener: Int32
  private let state = Monitor(State())
  private let react: @Sendable (ReceivedRequest) -> Reaction

  public init(_ react: @escaping @Sendable (ReceivedRequest) -> Reaction) throws {
    self.react = react
    (listener, port) = try listenOnLoopback()
  }

  /// Serves while `body` runs.
  public func run(_ body: (LoopbackServer) throws -> Void) throws {
    let acceptor = try WorkerThread.start(name: "acceptor", stackBytes: Self.stackBytes) {
      self.accept()
    }
    defer { stop(acceptor) }
    try body(self)
  }

  public var url: String { "http://127.0.0.1:\(port)" }
  public var requests: [ReceivedRequest] { state.withLock { $0.requests } }
  public var connectionsAccepted: Int { state.withLock { $0.connectionsAccepted } }

  /// Waits until so many requests have arrived.
  public func waitForRequests(_ count: Int) -> Bool {
    state.wait(timeout: .seconds(20)) { $0.requests.count >= count ? true : nil } ?? false
  }

  /// Lets the held answers go.
  public func release() {
    state.withLock { $0.isReleased = true }
    state.notifyAll()
  }

  private static let stackBytes = 256 * 1024

  private func stop(_ acceptor: WorkerThread) {
    release()
    shutdown(listener, Int32(SHUT_RDWR))
    acceptor.join()
    close(listener)
    let threads = state.withLock { state in
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
      return state.threads
    }
    for thread in threads { thread.join() }
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { return }
      state.withLock { state in
        state.connections.insert(connection)
        state.connectionsAccepted += 1
      }
      let thread = try? WorkerThread.start(name: "connection", stackBytes: Self.stackBytes) {
        self.serve(connection)
      }
      state.withLock { $0.threads += thread.map { [$0] } ?? [] }
    }
  }

  private func serve(_ connection: Int32) {
    while let request = ReceivedRequest(from: connection) {
      state.withLock { $0.requests.append(request) }
      state.notifyAll()
      guard perform(react(request), on: connection) else { break }
    }
    state.withLock { state in
      state.connections.remove(connection)
      close(connection)
    }
  }

  /// - Returns: whether the connection stays open.
  private func perform(_ reaction: Reaction, on connection: Int32) -> Bool {
    switch reaction {
    case .answer(let bytes):
      return send(bytes, over: connection)
    case .answerAndClose(let bytes):
      _ = send(bytes, over: connection)
      return false
    case .hold(let bytes):
      _ = state.wait(timeout: .seconds(20)) { $0.isReleased ? true : nil }
      return send(bytes, over: connection)
    case .reset:
      // Closing with a linger time of zero sends RST (socket(7)).
      var option = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
      return false
    }
  }
}

public struct SocketFailure: Error {
  public let code = errno
}

/// A listening socket on a free port of 127.0.0.1.
public func listenOnLoopback() throws(SocketFailure) -> (listener: Int32, port: UInt16) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
    let general = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
    return unsafe bind(listener, general, size) == 0 && listen(listener, 64) == 0
      && getsockname(listener, general, &size) == 0
  }
  guard isListening else { throw SocketFailure() }
  return (listener, UInt16(bigEndian: address.sin_port))
}

/// - Returns: false when the other side has gone.
private func send(_ bytes: [UInt8], over connection: Int32) -> Bool {
  var sent = 0
  while sent < bytes.count {
    let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
      unsafe Glibc.send(connection, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
    }
    if count <= 0 { return false }
    sent += count
  }
  return true
}
