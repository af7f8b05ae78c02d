import Glibc
import Synchronization

/// The steps of a payment's life between which a process may die. Whatever dies at one of them leaves
/// tables from which the next process goes on to the same end; `Tests/fault/test_steps.py` proves it
/// for each.
public enum FaultPoint: String, CaseIterable, Sendable {
  case eventInserted = "event-inserted"
  case eventSettled = "event-settled"
  case eventCommitted = "event-committed"
  case eventStored = "event-stored"
  case queueSettled = "queue-settled"
  case queueCommitted = "queue-committed"
  case startCalling = "start-calling"
  case startCalled = "start-called"
  case methodSwitched = "method-switched"
  case orderCancelled = "order-cancelled"
  case queryCalling = "query-calling"
  case queryCalled = "query-called"
  case askCalling = "ask-calling"
  case askCalled = "ask-called"
  case closeCalling = "close-calling"
  case closeCalled = "close-called"
  case orderExpired = "order-expired"
  case refundCalling = "refund-calling"
  case refundCalled = "refund-called"
  case refundNewsSettled = "refund-news-settled"

  private static let armed = Mutex<FaultPoint?>(nil)

  /// Development: makes the process kill itself when it comes to this point.
  public func arm() { FaultPoint.armed.withLock { $0 = self } }

  /// Marks the point; does nothing unless it is armed.
  public func reached() {
    guard FaultPoint.armed.withLock({ $0 == self }) else { return }
    kill(getpid(), SIGKILL)
  }
}
