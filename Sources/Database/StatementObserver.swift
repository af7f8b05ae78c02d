/// Sees each statement before it runs: from its text and values tests learn what a transaction locks.
package protocol StatementObserver: AnyObject, Sendable {
  /// - Parameter values: those for the `?`, of a statement for many rows one row after the other.
  func willRun(_ text: String, _ values: [BoundValue], on session: Session)
}
