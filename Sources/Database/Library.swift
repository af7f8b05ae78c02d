import CMariaDB

/// What libmariadb needs once for the process.
enum Library {
  /// Initialised by the first use, before any thread of ours calls the library.
  static let isReady: Bool = mysql_server_init(0, nil, nil) == 0
}
