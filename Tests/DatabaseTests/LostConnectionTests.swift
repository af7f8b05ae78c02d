import Database
import Kit
import Testing
import Vocabulary

/// A server of their own, since they stop it.
@Suite(.serialized) struct LostConnectionTests {
  @Test func `a server that went away is an error, then found again`() throws {
    let server = try PrivateMariaDB()
    defer { server.remove() }
    var connection = Connection(try server.makeDatabase())
    #expect(try connection.number("SELECT 1") == 1)
    server.kill()
    let error = databaseError { () throws(DatabaseError) in
      _ = try connection.first("SELECT 1", as: Int64.self)
    }
    #expect(error?.kind == .connectionLost)
    let isConnected = connection.isConnected
    #expect(!isConnected)
    let again = databaseError { () throws(DatabaseError) in try connection.ping() }
    #expect(again?.kind == .connectionLost)
    try server.start()
    try waitUntil("the connection coming back") { (try? connection.ping()) != nil }
    #expect(try connection.number("SELECT 1") == 1)
  }

  @Test(arguments: [CuttingProxy.Cut.before, .after])
  func `a commit without an answer is an unknown outcome`(cut: CuttingProxy.Cut) throws {
    let server = try PrivateMariaDB.shared.get()
    var configuration = try server.makeDatabase()
    var direct = Connection(configuration)
    _ = try direct.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)")
    let path = "\(server.folder)/proxy-\(UInt32.random(in: 0...UInt32.max)).sock"
    let proxy = try CuttingProxy(path: path, target: server.socket, word: "COMMIT")
    configuration.endpoint = .socket(path: path)
    var connection = Connection(configuration)
    try connection.ping()
    proxy.set(cut)
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        _ = try transaction.execute("INSERT INTO t VALUES (1)")
        return .commit(())
      }
    }
    #expect(error?.kind == .outcomeUnknown)
    let isConnected = connection.isConnected
    #expect(!isConnected)
    let isPresent: Int64 = if case .after = cut { 1 } else { 0 }
    try waitUntil("the server deciding") {
      try direct.first("SELECT COUNT(*) FROM t", as: Int64.self) == isPresent
    }
    proxy.set(.never)
    try waitUntil("the connection coming back") { (try? connection.ping()) != nil }
  }

  @Test func `an answer that takes too long ends the connection`() throws {
    var configuration = try PrivateMariaDB.shared.get().makeDatabase()
    configuration.readTimeoutSeconds = 1
    var connection = Connection(configuration)
    let error = databaseError { () throws(DatabaseError) in
      _ = try connection.first("SELECT SLEEP(5)", as: Int64.self)
    }
    #expect(error?.kind == .connectionLost)
    let isConnected = connection.isConnected
    #expect(!isConnected)
  }
}

@Suite struct TLSTests {
  private static func refusal(_ configuration: DatabaseConfiguration) -> DatabaseError? {
    var connection = Connection(configuration)
    return databaseError { () throws(DatabaseError) in try connection.ping() }
  }

  @Test func `only a certificate of our CA for the right name is accepted`() throws {
    let port = freePort()
    let server = try PrivateMariaDB(.tcp(port: port, hasTLS: true))
    defer { server.remove() }
    var configuration = try server.makeDatabase()
    let folder = server.folder
    configuration.endpoint = .tcp(
      host: "localhost", port: port, tlsCAFile: "\(folder)/ca.pem")
    var connection = Connection(configuration)
    let cipher = try connection.first(
      "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
      as: String.self)
    #expect(cipher?.isEmpty == false)
    configuration.endpoint = .tcp(
      host: "localhost", port: port, tlsCAFile: "\(folder)/other-ca.pem")
    #expect(Self.refusal(configuration)?.code == 2_026)
    configuration.endpoint = .tcp(
      host: "127.0.0.1", port: port, tlsCAFile: "\(folder)/ca.pem")
    #expect(Self.refusal(configuration)?.code == 2_026)
  }

  @Test func `a server without TLS is refused when TLS is asked for`() throws {
    let port = freePort()
    let server = try PrivateMariaDB(.tcp(port: port, hasTLS: false))
    defer { server.remove() }
    var configuration = try server.makeDatabase()
    configuration.endpoint = .tcp(host: "127.0.0.1", port: port, tlsCAFile: nil)
    #expect(Self.refusal(configuration) == nil)
    configuration.endpoint = .tcp(
      host: "127.0.0.1", port: port, tlsCAFile: "/etc/ssl/certs/ca-certificates.crt")
    #expect(Self.refusal(configuration)?.kind == .connectionLost)
  }
}
