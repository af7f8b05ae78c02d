import Glibc
import Testing

@testable import FastCGI

struct ListeningSocketTests {
  @Test func `the socket file has the mode asked for and goes with its socket`() throws {
    let folder = TestFolder()
    var socket: ListeningSocket? = try .bind(path: folder.socketPath, backlog: 1, mode: 0o620)
    var status = stat()
    #expect(unsafe stat(folder.socketPath, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o620)
    withExtendedLifetime(socket) {}
    socket = nil
    #expect(!fileExists(folder.socketPath))
  }

  @Test func `a socket file on which nobody listens is replaced`() throws {
    let folder = TestFolder()
    // What a crash leaves behind: the file stays, the descriptor goes.
    let crashed = try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
    shutdown(crashed.descriptor, Int32(SHUT_RDWR))
    let socket = try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
    _ = try FastCGIClient(path: folder.socketPath)
    withExtendedLifetime((crashed, socket)) {}
  }

  @Test func `the file of a successor is not removed`() throws {
    let folder = TestFolder()
    var old: ListeningSocket? = try .bind(path: folder.socketPath, backlog: 1)
    unsafe unlink(folder.socketPath)
    let new = try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
    withExtendedLifetime(old) {}
    old = nil
    _ = try FastCGIClient(path: folder.socketPath)
    withExtendedLifetime(new) {}
  }

  @Test func `a path on which somebody listens is refused`() throws {
    let folder = TestFolder()
    let first = try ListeningSocket.bind(path: folder.socketPath, backlog: 0)
    for _ in 0..<3 {
      #expect(throws: SocketError.inUse(path: folder.socketPath)) {
        try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
      }
    }
    withExtendedLifetime(first) {}
  }

  @Test func `a file that is no socket is left alone`() throws {
    let folder = TestFolder()
    close(unsafe open(folder.socketPath, O_CREAT | O_WRONLY, 0o600))
    #expect(throws: SocketError.notASocket(path: folder.socketPath)) {
      try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
    }
    #expect(fileExists(folder.socketPath))
  }

  @Test func `a path is as long as an address can hold, not longer`() throws {
    let folder = TestFolder()
    let stem = folder.path + "/"
    let longest = stem + String(repeating: "s", count: 107 - stem.utf8.count)
    _ = try ListeningSocket.bind(path: longest, backlog: 1)
    #expect(throws: SocketError.pathTooLong(path: longest + "s", bytesMax: 107)) {
      try ListeningSocket.bind(path: longest + "s", backlog: 1)
    }
  }

  @Test func `a folder that does not exist is an error of the system`() {
    #expect(throws: SocketError.system(call: "bind", code: ENOENT)) {
      try ListeningSocket.bind(path: "/nonexistent/s", backlog: 1)
    }
  }

  @Test(arguments: [
    [:], ["LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"],
    ["LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"],
    ["LISTEN_PID": String(getpid()), "LISTEN_FDS": "0", "LISTEN_FDNAMES": ""],
  ])
  func `nothing is inherited that is not for this process`(environment: [String: String]) throws {
    #expect(try ListeningSocket.inherited(environment: environment).isEmpty)
  }

  @Test(arguments: [
    ("x", "web"), ("-1", "web"), ("17", "web"), ("2", "web"), ("1", ""), ("2", "web:web"),
    ("1", "web:webhook"),
  ])
  func `variables that contradict each other are refused`(count: String, names: String) {
    let environment = [
      "LISTEN_PID": String(getpid()), "LISTEN_FDS": count, "LISTEN_FDNAMES": names,
    ]
    #expect(throws: SocketError.self) {
      try ListeningSocket.inherited(environment: environment)
    }
  }

  @Test func `a descriptor that does not listen is refused`() throws {
    let environment = [
      "LISTEN_PID": String(getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web",
    ]
    let file = unsafe open("/dev/null", O_RDONLY)
    defer { close(file) }
    #expect(throws: SocketError.self) {
      try ListeningSocket.inherited(environment: environment, first: file)
    }
  }

  @Test func `an inherited socket is kept from other programs and waits`() throws {
    let folder = TestFolder()
    let systemd = try ListeningSocket.bind(path: folder.socketPath, backlog: 1)
    let descriptor = dup(systemd.descriptor)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    let environment = [
      "LISTEN_PID": String(getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "webhook",
    ]
    let sockets = try ListeningSocket.inherited(environment: environment, first: descriptor)
    #expect(sockets.keys.sorted() == ["webhook"])
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK == 0)
  }
}
