import Glibc

/// Blocks the calling thread, which is a worker's own.
func sleepMicroseconds(_ microseconds: UInt32) {
  usleep(microseconds)
}
