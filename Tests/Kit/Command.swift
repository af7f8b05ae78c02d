import FoundationEssentials
public import Glibc

/// A program that a test starts and stops by itself.
@safe public final class Command: Sendable {
  public let pid: pid_t

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private init(pid: pid_t) { self.pid = pid }

  /// Starts a program; what it prints goes to `log`.
  public static func start(_ arguments: [String], log: String) throws -> Command {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var list: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe list.append(nil)
    defer {
      for index in unsafe list.indices { unsafe free(list[index]) }
    }
    var pid = pid_t()
    let code = unsafe posix_spawnp(&pid, arguments[0], &actions, nil, &list, environ)
    guard code == 0 else {
      throw Failure(description: "\(arguments[0]) could not be started: \(code)")
    }
    return Command(pid: pid)
  }

  /// Runs a program to its end.
  public static func run(_ arguments: [String], log: String) throws {
    let status = try start(arguments, log: log).waitForEnd()
    guard status == 0 else {
      let output = FileManager.default.contents(atPath: log) ?? Data()
      throw Failure(
        description:
          "\(arguments[0]) ended with \(status): \(String(decoding: output.suffix(500), as: UTF8.self))"
      )
    }
  }

  public func send(_ signal: Int32) { kill(pid, signal) }

  /// - Returns: the exit status, or minus the signal that ended it.
  @discardableResult
  public func waitForEnd() -> Int32 {
    var status: Int32 = 0
    unsafe waitpid(pid, &status, 0)
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
  }
}

/// Looks again and again until something holds.
/// - Throws: `Command.Failure` when it does not within `seconds`.
public func waitUntil(
  _ what: String, seconds: Double = 20, _ condition: () throws -> Bool
) throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while try !condition() {
    guard ContinuousClock.now < end else {
      throw Command.Failure(description: "\(what) did not happen within \(seconds) s")
    }
    usleep(5_000)
  }
}
