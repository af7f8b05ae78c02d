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

  /// Waits for `SIGTERM` or `SIGINT` (sigwait(3)).
  public func waitForStop() -> Signal {
    var set = Interruption.signalSet([SIGTERM, SIGINT])
    var signal: Int32 = 0
    while unsafe sigwait(&set, &signal) != 0 {}
    return signal == SIGINT ? .interrupt : .terminate
  }
}
