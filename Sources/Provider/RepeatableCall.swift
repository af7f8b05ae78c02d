public import Crypto
public import HTTPSClient
import Vocabulary

/// What came of a call that was repeated where that could help.
public enum RepeatableCallOutcome: Sendable {
  case answered(ClientResponse)
  /// Nothing was sent, at any try.
  case notSent(Cause)
  case unknown(Cause)
}

/// Decides after each try of a call whether another one can help, and what the tries came to together.
struct RepeatableCall {
  private(set) var outcome = RepeatableCallOutcome.notSent(
    Cause(.unavailable, "no call was made"))
  private var calls = 0

  /// Calls made for one request in all.
  static let callsMax = 2

  /// - Parameter mayRepeat: whether an answer says that another try can help.
  /// - Returns: whether to try again.
  mutating func tell(
    _ result: Result<ClientResponse, TransportError>, mayRepeat: (ClientResponse) -> Bool
  ) -> Bool {
    calls += 1
    switch result {
    case .success(let response):
      outcome = .answered(response)
      return calls < RepeatableCall.callsMax && mayRepeat(response)
    case .failure(let error):
      let cause = Cause(.unavailable, error.description)
      // What an earlier try may have done is not undone by a later one that was never sent.
      outcome = error.mayHaveBeenSent || mayHaveBeenTaken ? .unknown(cause) : .notSent(cause)
      guard case .connectionLost = error else { return false }
      return calls < RepeatableCall.callsMax
    }
  }

  /// A try came to nothing before it was sent.
  mutating func tell(unmade cause: Cause) {
    outcome = mayHaveBeenTaken ? .unknown(cause) : .notSent(cause)
  }

  private var mayHaveBeenTaken: Bool {
    if case .notSent = outcome { false } else { true }
  }
}

extension HTTPSClient {
  /// Sends a request that is safe to repeat: it names its payment, refund or idempotency key, so that the
  /// second one does nothing more. A connection that is lost, and an answer that asks for it, is tried again.
  ///
  /// - Parameters:
  ///   - mayRepeat: whether an answer says that another try can help.
  ///   - request: made anew for each try, where a signature is for one use.
  public func sendRepeatably(
    mayRepeat: (ClientResponse) -> Bool = { _ in false },
    _ request: () throws(CryptoError) -> ClientRequest
  ) -> RepeatableCallOutcome {
    var call = RepeatableCall()
    var goesOn = true
    while goesOn {
      let made: ClientRequest
      do throws(CryptoError) {
        made = try request()
      } catch {
        call.tell(unmade: Cause(.configuration, "\(error)"))
        return call.outcome
      }
      goesOn = call.tell(
        Result { () throws(TransportError) in try send(made) }, mayRepeat: mayRepeat)
    }
    return call.outcome
  }
}
