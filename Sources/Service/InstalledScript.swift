import ArgumentParser
import Glibc

/// A script that the package installs. It goes on in this process, with its terminal and exit status.
enum InstalledScript: String {
  case backup
  case deploy
  case restore
  case setup

  private static let folder = "/usr/lib/coinpay"

  /// Does not return when the script could be started.
  func run(_ arguments: [String]) throws {
    let path = "\(InstalledScript.folder)/\(rawValue)"
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    unsafe execv(path, &words)
    let code = errno
    for index in unsafe words.indices { unsafe free(words[index]) }
    Console.complain(
      code == ENOENT
        ? "\(path) is not there: this command belongs to the installed package"
        : "\(path) cannot be started: errno \(code)")
    throw ExitCode.unavailable
  }
}
