import Vocabulary

/// A worker's own way to the database. It connects on first use and again after it was lost.
///
/// A connection that the server has closed meanwhile is replaced before anything is asked on it. What was
/// asked all the same, because the server went at that moment, is asked once more when it changes nothing.
///
/// One thread owns it: it is neither copied nor shared.
public struct Connection: ~Copyable, SQLExecutor {
  private let configuration: DatabaseConfiguration
  private var open: Session?
  private var backoff = ReconnectBackoff()
  private var lastUse = ContinuousClock.Instant.now
  /// Whether something hangs on the open session that another one does not have.
  private var isPinned = false
  /// Whether the session was used before the statement that runs now.
  private var isProven = false

  /// After so long without a statement the server is asked for a sign of life first: what is between it
  /// and us may have forgotten the connection in silence.
  static let idleSecondsBeforePing = 5

  /// Does not connect yet.
  public init(_ configuration: DatabaseConfiguration) { self.configuration = configuration }

  public var isConnected: Bool { open != nil }

  /// The open session; connects when there is none.
  /// - Throws: `connectionLost`, at once while a recent attempt to connect has failed.
  public mutating func session() throws(DatabaseError) -> Session {
    if let open {
      if isPinned || answers(open) {
        (lastUse, isProven) = (.now, true)
        return open
      }
      self.open = nil
    }
    return try connect()
  }

  private func answers(_ session: Session) -> Bool {
    let isRecent = lastUse.duration(to: .now) < .seconds(Connection.idleSecondsBeforePing)
    if isRecent, session.isSilent { return true }
    do throws(DatabaseError) {
      try session.ping()
      return true
    } catch { return false }
  }

  private mutating func connect() throws(DatabaseError) -> Session {
    guard backoff.mayTry(at: .now) else {
      throw DatabaseError(
        kind: .connectionLost, code: 0,
        message: "the database cannot be reached; trying again soon",
        statement: "CONNECT")
    }
    do throws(DatabaseError) {
      let session = try Session(configuration)
      backoff.succeeded()
      (open, lastUse, isProven) = (session, .now, false)
      return session
    } catch {
      backoff.failed(at: .now)
      throw error
    }
  }

  public mutating func statementFailed(_ error: DatabaseError) {
    if error.endsConnection { open = nil }
  }

  /// A connection that was lost between two statements is not worth an error, if nothing hung on it.
  public mutating func mayAskAgain(after error: DatabaseError) -> Bool {
    error.kind == .connectionLost && isProven && !isPinned
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
    // Another session would not hold the lock.
    isPinned = true
    defer { isPinned = false }
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
