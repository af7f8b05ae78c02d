import Vocabulary

/// A worker's own way to the database. It connects on first use and again after it was lost.
///
/// One thread owns it: it is neither copied nor shared.
public struct Connection: ~Copyable, SQLExecutor {
  private let configuration: DatabaseConfiguration
  private var open: Session?
  private var backoff = ReconnectBackoff()

  /// Does not connect yet.
  public init(_ configuration: DatabaseConfiguration) { self.configuration = configuration }

  public var isConnected: Bool { open != nil }

  /// The open session; connects when there is none.
  /// - Throws: `connectionLost`, at once while a recent attempt to connect has failed.
  public mutating func session() throws(DatabaseError) -> Session {
    if let open { return open }
    guard backoff.mayTry(at: .now) else {
      throw DatabaseError(
        kind: .connectionLost, code: 0,
        message: "the database cannot be reached; trying again soon",
        statement: "CONNECT")
    }
    do throws(DatabaseError) {
      let session = try Session(configuration)
      backoff.succeeded()
      open = session
      return session
    } catch {
      backoff.failed(at: .now)
      throw error
    }
  }

  public mutating func statementFailed(_ error: DatabaseError) {
    if error.endsConnection { open = nil }
  }

  /// Asks the server for a sign of life.
  public mutating func ping() throws(DatabaseError) {
    do throws(DatabaseError) {
      try session().ping()
    } catch {
      statementFailed(error)
      throw error
    }
  }

  /// Runs one statement of a migration. The text comes from the binary, never from outside; DDL
  /// cannot be prepared with values.
  public mutating func executeMigrationText(_ text: String) throws(DatabaseError) {
    do throws(DatabaseError) {
      try session().run(text)
    } catch {
      statementFailed(error)
      throw error
    }
  }

  /// Runs `body` while holding a lock that the server keeps by name.
  /// - Returns: nil when the lock was not free within `timeoutSeconds`.
  public mutating func withNamedLock<R>(
    _ name: String, timeoutSeconds: Int,
    _ body: (inout Connection) throws(DatabaseError) -> R
  ) throws(DatabaseError) -> R? {
    // A server-side wait must end before the client's read time-out does.
    let waitSeconds = Int64(min(timeoutSeconds, Int(configuration.readTimeoutSeconds) / 2))
    let rounds = max(1, timeoutSeconds / max(1, Int(waitSeconds)))
    var isHeld = false
    for _ in 0..<rounds where !isHeld {
      let answer = try first("SELECT GET_LOCK(\(name), \(waitSeconds))", as: Int64?.self)
      isHeld = answer == 1
    }
    guard isHeld else { return nil }
    do throws(DatabaseError) {
      let result = try body(&self)
      _ = try first("SELECT RELEASE_LOCK(\(name))", as: Int64?.self)
      return result
    } catch {
      // The first error counts; a lock that cannot be released ends with the connection.
      do throws(DatabaseError) {
        _ = try first("SELECT RELEASE_LOCK(\(name))", as: Int64?.self)
      } catch { open = nil }
      throw error
    }
  }

  mutating func drop() { open = nil }
}

/// When a connection that failed may be tried again: 50 ms after the first failure, doubling to 5 s.
struct ReconnectBackoff {
  static let firstDelayMilliseconds = 50
  static let delayMillisecondsMax = 5_000

  private var delayMilliseconds = firstDelayMilliseconds
  private var notBefore: ContinuousClock.Instant?

  func mayTry(at now: ContinuousClock.Instant) -> Bool {
    notBefore.map { now >= $0 } ?? true
  }

  mutating func failed(at now: ContinuousClock.Instant) {
    notBefore = now + .milliseconds(delayMilliseconds)
    delayMilliseconds = min(delayMilliseconds * 2, ReconnectBackoff.delayMillisecondsMax)
  }

  mutating func succeeded() { self = ReconnectBackoff() }
}
