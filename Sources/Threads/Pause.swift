import Glibc

/// Blocks the calling thread.
public func pause(milliseconds: Int) {
  usleep(UInt32(milliseconds) * 1_000)
}
