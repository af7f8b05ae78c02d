public import Database
import Glibc
import Synchronization
import Threads

/// A Unix socket between a client and MariaDB that breaks one chosen command.
///
/// It reads the packets of the protocol (mariadb.com/kb/en/0-packet): three bytes of length, a number that
/// is 0 at the beginning of a command, and the payload, whose first byte names the command.
public final class FaultyWire: Sendable {
  public enum Fault: Hashable, Sendable, CustomStringConvertible {
    /// The server answers with an error; what it does by itself at that error was done.
    case error(UInt16)
    /// The line ends before the server has seen the command.
    case cutBefore
    /// The server carries the command out, and the line ends before its answer.
    case cutAfter
    /// An administrator ends the connection before the command.
    case kill

    public var description: String {
      switch self {
      case .error(let code): "error \(code)"
      case .cutBefore: "line cut before"
      case .cutAfter: "line cut after"
      case .kill: "connection killed"
      }
    }

    /// Whether the server has rolled the transaction back when it answers so.
    fileprivate var rollsBack: Bool { self == .error(1213) || self == .error(1020) }
  }

  private struct State {
    var fault: Fault?
    /// Commands that still pass.
    var passing = 0
  }

  private static let (query, prepare, closeStatement, resetStatement, quit, longData) =
    (UInt8(0x03), UInt8(0x16), UInt8(0x19), UInt8(0x1A), UInt8(0x01), UInt8(0x18))
  private static let stackBytes = 256 * 1024

  public let path: String
  private let target: String
  private let listener: Int32
  private let state = Mutex(State())
  private let kill: @Sendable (UInt32) -> Void

  /// - Parameter kill: ends the server's connection of a number.
  public init(path: String, target: String, kill: @escaping @Sendable (UInt32) -> Void) throws {
    self.path = path
    self.kill = kill
    self.target = target
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard unsafe UnixAddress.with(path, { unsafe bind(listener, $0, $1) }) == 0,
      listen(listener, 16) == 0
    else { throw Command.Failure(description: "the wire cannot listen on \(path)") }
    _ = try WorkerThread.start(name: "wire", stackBytes: Self.stackBytes) { [self] in acceptAll() }
  }

  /// Breaks the command after `passing` others, once.
  public func arm(_ fault: Fault, after passing: Int) {
    state.withLock { $0 = State(fault: fault, passing: passing) }
  }

  /// Ends the waiting for the command.
  /// - Returns: whether it was reached.
  public func disarm() -> Bool {
    state.withLock { state in
      defer { state.fault = nil }
      return state.fault == nil
    }
  }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      guard unsafe UnixAddress.with(target, { unsafe connect(server, $0, $1) }) == 0 else {
        close(client)
        continue
      }
      let line = Line(client: client, server: server)
      start { [self] in forward(line) }
      start { line.pumpAnswers() }
    }
  }

  private func start(_ body: @escaping @Sendable () -> Void) {
    _ = try? WorkerThread.start(name: "wire", stackBytes: Self.stackBytes, body: body)
  }

  private func forward(_ line: Line) {
    defer { line.end() }
    while let packet = Packet.read(from: line.client) {
      guard let fault = fault(for: packet) else {
        guard packet.write(to: line.server) else { return }
        continue
      }
      switch fault {
      case .cutBefore: return
      case .cutAfter:
        line.swallow(packets: .max)
        _ = packet.write(to: line.server) && line.waitForPacket()
        return
      case .kill:
        kill(line.number)
        guard packet.write(to: line.server) else { return }
      case .error(let code):
        if fault.rollsBack {
          line.swallow(packets: 1)
          let rollback = Packet(sequence: 0, payload: [Self.query] + Array("ROLLBACK".utf8))
          guard rollback.write(to: line.server), line.waitForPacket() else { return }
        }
        guard Packet.error(code).write(to: line.client) else { return }
      }
    }
  }

  /// The fault that is due at a packet.
  private func fault(for packet: Packet) -> Fault? {
    guard packet.sequence == 0, let command = packet.payload.first,
      ![Self.closeStatement, Self.resetStatement, Self.quit, Self.longData].contains(command)
    else { return nil }
    return state.withLock { state in
      guard let fault = state.fault else { return nil }
      guard state.passing == 0 else {
        state.passing -= 1
        return nil
      }
      state.fault = nil
      return fault
    }
  }
}

/// One packet of the protocol.
private struct Packet {
  let sequence: UInt8
  let payload: [UInt8]

  /// Nil at the end of the line.
  static func read(from socket: Int32) -> Packet? {
    guard let head = bytes(4, from: socket) else { return nil }
    let length = Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16
    guard let payload = bytes(length, from: socket) else { return nil }
    return Packet(sequence: head[3], payload: payload)
  }

  private static func bytes(_ count: Int, from socket: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < count {
      let received = unsafe Glibc.read(socket, &buffer, min(buffer.count, count - bytes.count))
      guard received > 0 else { return nil }
      bytes += buffer[0..<received]
    }
    return bytes
  }

  func write(to socket: Int32) -> Bool {
    let length = payload.count
    let whole =
      [UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length >> 16 & 0xFF), sequence]
      + payload
    return unsafe send(socket, whole, whole.count, Int32(MSG_NOSIGNAL)) == whole.count
  }

  /// Of a server's greeting: after the version of the protocol, and the server's as a text that ends with 0.
  var connectionNumber: UInt32 {
    payload.dropFirst().drop { $0 != 0 }.dropFirst().prefix(4).reversed()
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  static func error(_ code: UInt16) -> Packet {
    Packet(
      sequence: 1,
      payload: [0xFF, UInt8(code & 0xFF), UInt8(code >> 8)] + Array("#HY000planted".utf8))
  }
}

/// The two sockets of a connection. What the server answers to a command that the client knows nothing of,
/// or is not to hear of, is swallowed.
private final class Line: Sendable {
  let client: Int32
  let server: Int32
  /// Packets that are still to be swallowed, packets that came, and the connection's number.
  private let answers = Mutex((swallowing: 0, come: 0, number: UInt32(0)))

  init(client: Int32, server: Int32) {
    (self.client, self.server) = (client, server)
  }

  var number: UInt32 { answers.withLock(\.number) }

  func swallow(packets: Int) {
    answers.withLock { ($0.swallowing, $0.come) = (packets, 0) }
  }

  /// - Returns: false when none came.
  func waitForPacket() -> Bool {
    for _ in 0..<5_000 {
      if answers.withLock({ $0.come > 0 }) { return true }
      usleep(1_000)
    }
    return false
  }

  func pumpAnswers() {
    guard let greeting = Packet.read(from: server) else { return end() }
    answers.withLock { $0.number = greeting.connectionNumber }
    guard greeting.write(to: client) else { return end() }
    while let packet = Packet.read(from: server) {
      let isSwallowed = answers.withLock { answers in
        answers.come += 1
        guard answers.swallowing > 0 else { return false }
        answers.swallowing -= 1
        return true
      }
      if !isSwallowed, !packet.write(to: client) { break }
    }
    end()
  }

  func end() {
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(server, Int32(SHUT_RDWR))
  }
}

extension FaultyWire {
  /// Puts a wire between a configuration and the shared server.
  public static func inFront(of configuration: inout DatabaseConfiguration) throws -> FaultyWire {
    let server = try PrivateMariaDB.shared.get()
    let path = "\(server.folder)/wire-\(UInt32.random(in: 0...UInt32.max)).sock"
    let direct = configuration
    let wire = try FaultyWire(path: path, target: server.socket) { number in
      var connection = Connection(direct)
      try? connection.executeMigrationText("KILL \(number)")
      // The server ends a connection a moment after it was told to.
      usleep(20_000)
    }
    configuration.endpoint = .socket(path: path)
    return wire
  }
}
