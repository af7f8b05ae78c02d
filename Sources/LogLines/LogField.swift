public import Logging

/// The names that fields of log lines have, wherever they are written.
public enum LogField: String, CaseIterable, Sendable {
  /// Of the visitor's or provider's request, as X-Request-Id told it.
  case requestID = "request_id"
  case orderNumber = "order_no"
  /// The user's number, never the name.
  case user
  case provider
  case outcome
  case durationMilliseconds = "duration_ms"

  /// Our number of a payment at its provider.
  case outTradeNumber = "out_trade_no"
  /// Our number of a refund at its provider.
  case outRequestNumber = "out_request_no"
  case providerTransactionID = "provider_txn_id"
  case providerRequestID = "provider_request_id"
  case amount
  case operation
  case cause
  case error
  case eventID = "event_id"
  case eventKey = "event_key"
  case mismatch
  case missingCoins = "missing_coins"
  case differs
  case respondBy = "respond_by"
  case attempts
  case queries
  case events

  /// An account of ours at a provider.
  case merchant
  case payments
  case refunds
  case suspense
  case reason
  case since
  case difference
  case differences
  case kind
  case subject
  case run
  case day
  case lines
  case matched
  /// Of other software on the same account.
  case foreign
  case open
  case missingHere = "missing_here"
  case missingThere = "missing_there"
  case amountDiffers = "amount_differs"
  case statusDiffers = "status_differs"

  case actor
  case action
  /// The number of the record in the audit log.
  case audit
  case mode
  case until
  case settlement
  case methodsOff = "methods_off"

  /// Of whoever asked.
  case address
  /// Of a provider, without its query.
  case url
  case method
  case path
  case status
  case pool
  case refusedInAll = "refused_in_all"
  case bodyBytes = "body_bytes"
  /// What would have been taken.
  case bytesMax = "bytes_max"
  case times
  case notLoggedBefore = "not_logged_before"
  case duty
  /// How far the tables about money reach.
  case anchor
  case signal
  case version
  case environment
  case webThreads = "web_threads"
  case webhookThreads = "webhook_threads"
}

/// What a log line says beside its message.
public typealias LogFields = [LogField: Logger.MetadataValue]

extension Logger {
  /// Writes one line about an event.
  public func write(_ level: Logger.Level, _ message: Logger.Message, _ fields: LogFields = [:]) {
    guard level >= logLevel else { return }
    var metadata: Logger.Metadata = [:]
    for (field, value) in fields { metadata[field.rawValue] = value }
    log(level: level, message, metadata: metadata)
  }
}

extension Duration {
  /// Whole milliseconds, as `duration_ms` holds them.
  public var inMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
