import Database
import FoundationEssentials
import Synchronization
import Vocabulary

/// Decides when our software dies: at some later call of a provider, before or after it took effect,
/// or at some later look at the clock.
///
/// A death cuts every connection to the database, as the end of a process does, and from then on no
/// call reaches a provider. What the software still does before it is buried changes nothing.
final class Fate: Sendable {
  private struct State {
    var stepsLeft: Int?
    var isDead = false
    var lives = 0
    var socketLink = ""
  }

  private let state = Mutex(State())
  private let configuration: DatabaseConfiguration
  private let folder: String
  private let socket: String
  /// The connection that survives: that of the world itself.
  private let survivor: Int64

  init(configuration: DatabaseConfiguration, socket: String, folder: String, survivor: Int64) {
    self.configuration = configuration
    self.socket = socket
    self.folder = folder
    self.survivor = survivor
  }

  var isDead: Bool { state.withLock { $0.isDead } }

  /// Begins a new life.
  /// - Returns: the way to the database, which ends with this life.
  func beginLife() throws -> DatabaseConfiguration {
    let link = state.withLock { state in
      state.lives += 1
      state.isDead = false
      state.stepsLeft = nil
      state.socketLink = "\(folder)/\(configuration.database)-\(state.lives).sock"
      return state.socketLink
    }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: socket)
    var way = configuration
    way.endpoint = .socket(path: link)
    return way
  }

  /// Lets the software die after so many steps; nil lets it live.
  func doom(afterSteps steps: Int?) { state.withLock { $0.stepsLeft = steps } }

  /// A step at which the software may die.
  /// - Returns: whether it lives.
  func step() -> Bool {
    let (isAlive, link) = state.withLock { state -> (Bool, String?) in
      guard !state.isDead else { return (false, nil) }
      guard let left = state.stepsLeft else { return (true, nil) }
      guard left <= 1 else {
        state.stepsLeft = left - 1
        return (true, nil)
      }
      state.isDead = true
      return (false, state.socketLink)
    }
    if let link { die(link) }
    return isAlive
  }

  private func die(_ link: String) {
    try? FileManager.default.removeItem(atPath: link)
    var connection = Connection(configuration)
    let ids = try? connection.all(
      """
      SELECT CAST(id AS SIGNED) FROM information_schema.processlist
      WHERE db = DATABASE() AND id <> CONNECTION_ID() AND id <> \(survivor)
      """, as: Int64.self)
    // A connection that ended by itself meanwhile is as dead as it should be.
    for id in ids ?? [] { _ = try? connection.execute("KILL CONNECTION \(id)") }
  }
}
