import Glibc

/// SIGTERM and SIGINT as something to wait for.
public enum StopSignals {
  /// Blocks the signals in the calling thread and those that it starts, and ignores SIGPIPE, so that
  /// a client that went away is an error of a write. Call first in `main`.
  public static func prepare() {
    var signals = stopSet()
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Blocks until the process is asked to stop.
  /// - Returns: the signal's number.
  public static func wait() -> Int32 {
    var signals = stopSet()
    var number: Int32 = 0
    unsafe sigwait(&signals, &number)
    return number
  }

  private static func stopSet() -> sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe sigaddset(&signals, SIGINT)
    return signals
  }
}
