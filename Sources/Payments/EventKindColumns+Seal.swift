import Provider
import Seals
import Vocabulary

extension EventKindColumns {
  /// Over what an event says. `SealedRows.events` reads the same in SQL; both change together or not at
  /// all.
  func seal(of event: ProviderEvent, by key: SealKey) -> [UInt8] {
    key.code(
      .events,
      [
        event.provider.rawValue, event.eventKey, event.source.rawValue, kind.rawValue,
        event.outTradeNo, event.providerTransactionID, event.account.merchant,
        event.account.isLive ? "1" : "0", amount.map { String($0.minorUnits) },
        amount?.currencyCode, newsStatus, newsNo, newsID, amountIsTotal.map { $0 ? "1" : "0" },
      ])
  }
}
