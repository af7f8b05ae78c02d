import Glibc

/// The request to end the process, taken by one thread instead of by a signal handler.
///
/// Make one at the very start, before there are other threads: threads inherit what is blocked.
public struct StopSignals: Sendable {
  /// What asked the process to end.
  public enum Signal: Sendable, Equatable {
    /// `SIGTERM`, as systemd sends it.
    case terminate
    /// `SIGINT`, as Ctrl-C sends it.
    case interrupt
  }

  /// Blocks `SIGTERM` and `SIGINT` in the calling thread and in all that it starts, and
  /// ignores `SIGPIPE`: a peer that went away is an error of `write`, not the end of the process.
  public init() {
    Interruption.change(SIG_BLOCK, [SIGTERM, SIGINT])
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for `SIGTERM` or `SIGINT` (sigtimedwait(2)).
  /// - Parameter timeout: how long to wait at most; nil waits for ever.
  /// - Returns: nil when the time was up.
  public func waitForStop(timeout: Duration? = nil) -> Signal? {
    var set = Interruption.signalSet([SIGTERM, SIGINT])
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let signal: Int32
      if let deadline {
        var left = timespec(max(.zero, deadline - .now))
        signal = unsafe sigtimedwait(&set, nil, &left)
      } else {
        signal = unsafe sigwaitinfo(&set, nil)
      }
      if signal > 0 { return signal == SIGINT ? .interrupt : .terminate }
      // EAGAIN: the time is up. EINTR: another signal came; the rest of the time is still to wait.
      if errno == EAGAIN { return nil }
    }
  }
}

extension timespec {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(tv_sec: Int(clamping: seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  }
}
