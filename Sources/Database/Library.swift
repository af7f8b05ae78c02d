import CMariaDB

/// What libmariadb needs once for the process and once for each thread.
public enum Library {
  /// Initialised by the first use, before any thread of ours calls the library.
  static let isReady: Bool = mysql_server_init(0, nil, nil) == 0

  /// Frees what libmariadb keeps for the calling thread. Call it when a thread that used a
  /// connection ends.
  public static func threadEnds() { mysql_thread_end() }
}
