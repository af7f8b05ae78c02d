import ArgumentParser

extension ExitCode {
  /// EX_CONFIG of sysexits(3): systemd need not start the service again.
  static let configuration = ExitCode(78)
  /// EX_UNAVAILABLE: a service that is needed, such as the database, did not answer.
  static let unavailable = ExitCode(69)
  /// EX_TEMPFAIL: the same command may work later.
  static let temporaryFailure = ExitCode(75)
}
