import Glibc
import Synchronization

/// The signal that interrupts a blocking call.
enum Interruption {
  /// Not a real-time signal, because those queue up when repeated.
  static let signal = SIGUSR1

  private static let installed = Mutex(false)

  /// Installs the empty handler, once. Without `SA_RESTART`, so that the call returns `EINTR`.
  static func install() throws(ThreadError) {
    try installed.withLock { (installed) throws(ThreadError) in
      if installed { return }
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { _ in }
      unsafe sigemptyset(&action.sa_mask)
      action.sa_flags = 0
      if unsafe sigaction(signal, &action, nil) != 0 {
        throw ThreadError(call: "sigaction", code: errno)
      }
      installed = true
    }
  }

  /// Changes the signals that the calling thread blocks.
  /// - Parameter how: `SIG_BLOCK` or `SIG_UNBLOCK`.
  static func change(_ how: Int32, _ signals: [Int32]) {
    var set = signalSet(signals)
    unsafe pthread_sigmask(how, &set, nil)
  }

  static func signalSet(_ signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }
}
