/// The request on whose behalf this thread works.
public enum CallScope {
  /// Nil for work in the background.
  @TaskLocal public static var requestID: String?
}
