import CFastCGI
import Glibc
import Synchronization

/// Marks the request whose thread ends the process by a fault.
///
/// In a signal handler hardly anything is allowed (signal-safety(7)): this one reads two numbers, compares a thread's
/// with those on the board, writes one byte, and lets the signal do what it would have done.
enum FaultWatch {
  private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE]
  private static let stackBytes = 64 * 1024
  private static let start = Atomic<UInt>(0)
  private static let bytes = Atomic<Int>(0)

  @unsafe
  static func begin(_ memory: UnsafeMutableRawPointer, bytes: Int) {
    FaultWatch.bytes.store(bytes, ordering: .relaxed)
    start.store(UInt(bitPattern: memory), ordering: .releasing)
    for signal in signals {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { signal in FaultWatch.mark(signal) }
      // Also when a thread's own stack is used up.
      action.sa_flags = CInt(SA_ONSTACK)
      unsafe sigemptyset(&action.sa_mask)
      unsafe sigaction(signal, &action, nil)
    }
  }

  /// Gives the calling thread a stack for the handler, for as long as the process lives.
  static func prepareThread() {
    guard start.load(ordering: .relaxed) != 0 else { return }
    var stack = unsafe stack_t()
    unsafe stack.ss_sp = unsafe malloc(stackBytes)
    unsafe stack.ss_size = stackBytes
    if unsafe stack.ss_sp != nil { unsafe sigaltstack(&stack, nil) }
  }

  private static func mark(_ signal: CInt) {
    let thread = fcgx_thread_number()
    if var place = unsafe UnsafeMutableRawPointer(bitPattern: start.load(ordering: .acquiring)) {
      var left = bytes.load(ordering: .relaxed)
      while left > 0 {
        if unsafe place.load(fromByteOffset: 4, as: Int32.self) == thread,
          unsafe place.load(as: UInt8.self) == RequestBoard.State.underWay.rawValue
        {
          unsafe place.storeBytes(of: RequestBoard.State.fatal.rawValue, as: UInt8.self)
        }
        unsafe place += RequestBoard.placeBytes
        left -= RequestBoard.placeBytes
      }
    }
    // Delivered when this returns.
    Glibc.signal(signal, SIG_DFL)
    raise(signal)
  }
}
