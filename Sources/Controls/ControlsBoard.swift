public import Database
import Synchronization

/// What all threads of a worker know of the controls. One thread refreshes it; while the database
/// cannot be reached, the last that was known holds.
public final class ControlsBoard: Sendable {
  /// Pause between two looks, in milliseconds. Every worker knows of a change within 5 s.
  public static let refreshMilliseconds = 2_000

  private let state: Mutex<Controls>

  public init(_ controls: Controls = .untouched) { state = Mutex(controls) }

  public var current: Controls { state.withLock { $0 } }

  /// Reads the controls.
  /// - Returns: whether they have changed.
  public func refresh(
    on connection: inout Connection
  ) throws(DatabaseError) -> Bool {
    let controls = try Controls.load(in: &connection)
    return state.withLock { known in
      defer { known = controls }
      return known != controls
    }
  }
}
