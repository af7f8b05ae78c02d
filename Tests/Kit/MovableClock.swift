import Synchronization
public import Vocabulary

/// A clock that stands still until a test moves it.
public final class MovableClock: Sendable {
  private let moment: Mutex<Timestamp>

  public init(_ start: Timestamp) { moment = Mutex(start) }

  public var clock: WallClock { WallClock { [self] in moment.withLock { $0 } } }

  public func advance(seconds: Int64) {
    moment.withLock { $0 = $0.adding(seconds: seconds) }
  }
}
