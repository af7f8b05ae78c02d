import HTTPSClient
import Synchronization
import Vocabulary

/// The account that the secret key belongs to, as Stripe named it. A key that is rolled within an
/// account is still of that account, so the key itself says nothing.
final class StripeIdentity: Sendable {
  private struct State {
    var account: String?
    var nextQuestion: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  /// Held while one asks: others wait for what comes of it.
  private let turn = Mutex(())

  /// Pause after Stripe did not answer.
  private static let unansweredPause = Duration.seconds(60)
  /// Pause after Stripe answered that it does not tell, as for a restricted key.
  private static let untoldPause = Duration.seconds(3_600)

  /// Nil while it is not known.
  var account: String? { state.withLock { $0.account } }

  /// Asks unless it is known or was asked a moment ago.
  func learn(_ ask: () -> Void) {
    guard account == nil else { return }
    turn.withLock { _ in
      if takeQuestion() { ask() }
    }
  }

  private func takeQuestion() -> Bool {
    state.withLock { state in
      guard state.account == nil, state.nextQuestion.map({ $0 <= .now }) ?? true else {
        return false
      }
      state.nextQuestion = .now + Self.unansweredPause
      return true
    }
  }

  func learn(_ account: String) { state.withLock { $0.account = account } }

  func postpone() { state.withLock { $0.nextQuestion = .now + Self.untoldPause } }
}

extension StripeProvider {
  private struct AccountAnswer: Decodable {
    let id: String
  }

  /// Longest number of an account, in bytes, that is believed.
  private static let accountBytesMax = 64

  /// Source: docs.stripe.com/api/accounts/retrieve. Restricted keys may not be allowed to.
  public func learnAccount() {
    identity.learn { askForAccount() }
  }

  private func askForAccount() {
    switch get("/v1/account") {
    case .success(let body):
      let id = StripeWire.decode(AccountAnswer.self, body)?.id ?? ""
      let isPlain = id.hasPrefix("acct_") && id.isGraphicASCII(upTo: Self.accountBytesMax)
      if isPlain { identity.learn(id) } else { identity.postpone() }
    case .refused, .notFound, .forbidden: identity.postpone()
    case .notSent, .unknown: break
    }
  }
}
