public import Database
public import Provider

extension ProviderAccount {
  /// `holds`, said in SQL of payments `p`.
  public var holdsPayment: SQL {
    """
    ((p.live_mode = \(isLive) OR (\(isOfOneMode) AND p.merchant_account = \(merchant)))
      AND (p.merchant_account IN (\(merchant), '') OR \(merchant) = '')
      AND (p.application IN (\(application), '') OR \(application) = ''))
    """
  }
}
