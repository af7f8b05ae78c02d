public import Crypto
public import Database
import Sealing
import Synchronization

/// What a process with the encryption keys has beside its connections: the key by which rows about
/// money are sealed, once it was read.
public final class SealKeeper: Companion {
  let ring: KeyRing
  private let known = Mutex<SealKey?>(nil)

  public init(ring: KeyRing) { self.ring = ring }

  var key: SealKey? { known.withLock { $0 } }

  func keep(_ key: SealKey) { known.withLock { $0 = key } }
}
