import Synchronization

/// What a pool has done since it was made.
public struct PoolCounts: Sendable, Equatable {
  /// Requests that a handler answered.
  public let answered: Int
  /// Requests answered here with 400, 413 or 431.
  public let refused: Int
  /// Answers that the client did not wait for; counted in the two above as well.
  public let clientsGone: Int
  /// Connections without a request that could be understood.
  public let broken: Int
}

/// The numbers while they grow.
final class PoolCounters: Sendable {
  let answered = Atomic(0)
  let refused = Atomic(0)
  let clientsGone = Atomic(0)
  let broken = Atomic(0)
  /// Connections that were taken, and those that a thread is done with.
  let taken = Atomic(0)
  let done = Atomic(0)

  var snapshot: PoolCounts {
    PoolCounts(
      answered: answered.load(ordering: .relaxed), refused: refused.load(ordering: .relaxed),
      clientsGone: clientsGone.load(ordering: .relaxed), broken: broken.load(ordering: .relaxed))
  }
}
