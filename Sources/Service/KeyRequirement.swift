import ArgumentParser
import Database
import Sealing

extension Settings {
  /// Refuses to go on with a key that stored values need and that is lost or another one: whatever is
  /// written then could not be read by those who have the right keys.
  /// - Throws: exit code 78 after every such key was named.
  func requireKeys(on connection: inout Connection) throws {
    let lost = try KeyChecks.verify(keyRing, on: &connection, at: SystemTime.now())
    for key in lost { Console.complain("\(key)") }
    guard lost.isEmpty else { throw ExitCode.configuration }
  }
}
