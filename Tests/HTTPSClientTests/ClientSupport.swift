import Synchronization

@testable import HTTPSClient

/// A clock that a test moves by hand.
final class HandClock: Sendable {
  private let moment = Mutex(ContinuousClock.now)

  func now() -> ContinuousClock.Instant { moment.withLock { $0 } }

  func advance(by duration: Duration) { moment.withLock { $0 += duration } }
}

func makeClient(
  clock: HandClock = HandClock(), _ change: (inout HTTPSClientConfiguration) -> Void = { _ in }
) -> HTTPSClient {
  var configuration = HTTPSClientConfiguration(name: "TEST")
  change(&configuration)
  return HTTPSClient(configuration, now: { clock.now() })
}

extension HTTPSClient {
  func get(
    _ url: String, headers: [(name: String, value: String)] = []
  ) throws -> ClientResponse {
    try send(ClientRequest(method: .get, url: url, headers: headers))
  }

  func post(
    _ url: String, headers: [(name: String, value: String)] = [], _ body: [UInt8]
  ) throws -> ClientResponse {
    try send(ClientRequest(method: .post, url: url, headers: headers, body: body))
  }

  /// What a call ends with when it has no answer.
  func failure(_ url: String) -> TransportError? {
    do throws(TransportError) {
      _ = try send(ClientRequest(method: .get, url: url, headers: []))
      return nil
    } catch {
      return error
    }
  }
}

extension TransportError {
  var isConnectionLost: Bool { if case .connectionLost = self { true } else { false } }
  var isConnectionFailed: Bool { if case .connectionFailed = self { true } else { false } }
  var isInvalidRequest: Bool { if case .invalidRequest = self { true } else { false } }
  var isTLSFailed: Bool { if case .tlsFailed = self { true } else { false } }
}
