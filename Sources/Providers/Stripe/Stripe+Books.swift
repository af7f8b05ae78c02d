public import Provider
public import Vocabulary

extension StripeProvider {
  public func readBooks(
    of day: BookDay, now: Timestamp, receive: ([BookLine]) throws(BooksStopped) -> Void
  ) -> BooksOutcome {
    .unknown(Cause(.configuration, "not offered"))
  }
}
