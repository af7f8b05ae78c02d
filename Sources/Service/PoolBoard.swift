import FastCGI
import Synchronization

/// Where monitoring looks for the pools: the route that tells of them is made before they are.
final class PoolBoard: Sendable {
  private let pools = Mutex<[(name: String, use: @Sendable () -> PoolUse)]>([])

  func show(_ name: String, _ use: @escaping @Sendable () -> PoolUse) {
    pools.withLock { $0.append((name, use)) }
  }

  var uses: [(name: String, use: PoolUse)] {
    pools.withLock { $0 }.map { ($0.name, $0.use()) }
  }
}
