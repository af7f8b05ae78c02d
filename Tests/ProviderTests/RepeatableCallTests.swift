import Testing
import Vocabulary

@testable import HTTPSClient
@testable import Provider

/// What several tries of one call come to together.
@Suite struct RepeatableCallTests {
  private enum Try {
    case answer(Int)
    case lost, late, refused
  }

  /// The outcome in a word, and how many tries it took.
  private static func outcome(_ tries: [Try]) -> String {
    var call = RepeatableCall()
    var made = 0
    for attempt in tries {
      made += 1
      let result: Result<ClientResponse, TransportError> =
        switch attempt {
        case .answer(let status): .success(ClientResponse(status: status, body: [], headers: []))
        case .lost: .failure(.connectionLost(reason: "x"))
        case .late: .failure(.timedOut)
        case .refused: .failure(.connectionFailed(reason: "x"))
        }
      guard call.tell(result, mayRepeat: { $0.status >= 500 }) else { break }
    }
    switch call.outcome {
    case .answered(let response): return "\(made): \(response.status)"
    case .notSent: return "\(made): not sent"
    case .unknown: return "\(made): unknown"
    }
  }

  @Test func `a call that may have been taken is never said not to have been sent`() {
    let cases: [([Try], String)] = [
      ([.answer(200)], "1: 200"), ([.answer(404)], "1: 404"),
      ([.refused, .answer(200)], "1: not sent"), ([.late, .answer(200)], "1: unknown"),
      ([.lost, .answer(200)], "2: 200"), ([.lost, .lost, .answer(200)], "2: unknown"),
      ([.lost, .refused], "2: unknown"), ([.lost, .late], "2: unknown"),
      ([.answer(500), .answer(200)], "2: 200"), ([.answer(500), .answer(500)], "2: 500"),
      ([.answer(500), .refused], "2: unknown"), ([.answer(500), .late], "2: unknown"),
      ([.answer(500), .lost, .answer(200)], "2: unknown"),
    ]
    for (tries, expected) in cases { #expect(Self.outcome(tries) == expected, "\(tries)") }
  }

  @Test func `a second try that cannot be made leaves the first in doubt`() {
    var call = RepeatableCall()
    let goesOn = call.tell(.failure(.connectionLost(reason: "x"))) { _ in false }
    #expect(goesOn)
    call.tell(unmade: Cause(.configuration, "no key"))
    guard case .unknown = call.outcome else {
      Issue.record("\(call.outcome)")
      return
    }
    var first = RepeatableCall()
    first.tell(unmade: Cause(.configuration, "no key"))
    guard case .notSent = first.outcome else {
      Issue.record("\(first.outcome)")
      return
    }
  }
}
