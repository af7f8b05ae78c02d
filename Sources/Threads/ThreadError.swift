import Glibc

/// A failed call of the operating system's thread interface (pthreads(7)).
public struct ThreadError: Error, Equatable, CustomStringConvertible {
  /// The call that failed, for example `pthread_create`.
  public let call: String
  /// The error number it returned (errno(3)).
  public let code: Int32

  public init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  public var description: String { "\(call) failed: errno \(code)" }

  /// Throws unless `code`, the return value of a pthread call, is zero.
  static func check(_ call: String, _ code: Int32) throws(ThreadError) {
    if code != 0 { throw ThreadError(call: call, code: code) }
  }
}
