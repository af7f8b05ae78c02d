public import Provider
public import Vocabulary

extension StripeProvider {
  public func check(now: Timestamp) -> [CheckFinding] { [] }
}
