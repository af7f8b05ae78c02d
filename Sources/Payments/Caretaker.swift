import Database
import LogLines
public import Logging
import Provider
public import Vocabulary

/// What has to be done without anybody asking: questions to providers, the ends of orders, refunds.
///
/// Every duty takes bounded batches of rows that are due, moves their time on before it acts, and acts
/// outside any transaction. All of them rest while settlement is stopped. Workers of several hosts share the rows; one that dies in between leaves
/// a row that is due again.
public struct Caretaker: Sendable {
  let registry: ProviderRegistry
  let desk: SettlementDesk
  let clock: WallClock
  let logger: Logger

  /// Rows that one duty takes at once.
  static let batchRowsMax = 8

  public init(
    registry: ProviderRegistry, desk: SettlementDesk, clock: WallClock, logger: Logger
  ) {
    self.registry = registry
    self.desk = desk
    self.clock = clock
    self.logger = logger
  }

  /// Hands an answer of a provider in, like a notification.
  func receive(_ event: ProviderEvent, on connection: inout Connection) throws(DatabaseError) {
    try receive([event], on: &connection)
  }

  /// Hands in what a provider says at once, to be settled at once: in one transaction as far as that has
  /// room, in the order in which it is said.
  ///
  /// - Returns: for each event, in order, what became of it.
  @discardableResult
  func receive(
    _ events: [ProviderEvent], on connection: inout Connection
  ) throws(DatabaseError) -> [Receipt] {
    var receipts: [Receipt] = []
    var rest = events.map { ReceivedEvent(event: $0, body: nil, receivedAt: clock.now()) }[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(Limits.settlementGroupEventsMax))
      rest = rest.dropFirst(group.count)
      for result in desk.receive(group, on: &connection) { receipts.append(try result.get()) }
    }
    return receipts
  }

  func describe(_ payment: Payment) -> LogFields {
    var fields: LogFields = [
      .provider: "\(payment.facts.provider)", .outTradeNumber: "\(payment.outTradeNo)",
    ]
    fields[.orderNumber] = Payment.orderNumber(ofOutTradeNo: payment.outTradeNo).map { "\($0)" }
    return fields
  }
}
