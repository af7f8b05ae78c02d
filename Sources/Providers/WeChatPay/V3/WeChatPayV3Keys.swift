import Crypto
import Synchronization
import Vocabulary

/// The keys of WeChat Pay that are believed at this moment, by the name that messages give them.
///
/// A merchant who changes from certificates to the public key holds both for some days.
final class WeChatPayV3Keys: Sendable {
  /// How old the list of platform certificates may become.
  static let refreshSeconds: Int64 = 12 * 3_600
  /// Pause between two downloads that an unknown name causes: anybody can name one.
  static let unknownRefreshSeconds: Int64 = 10
  /// How long a download that failed is not repeated: each one may last as long as a call.
  static let failureSeconds: Int64 = 60

  struct Platform {
    let key: RSAPublicKey
    let validUntil: Timestamp
  }

  private struct State {
    var platform: [String: Platform] = [:]
    var refreshedAt: Timestamp?
    /// The last download that an unknown name caused.
    var unknownRefreshedAt: Timestamp?
    var failedAt: Timestamp?
    /// When WeChat Pay last said that this merchant has no certificates.
    var noneAt: Timestamp?
  }

  private let publicKey: WeChatPayV3Credentials.NamedKey?
  private let state: Mutex<State>

  init(_ credentials: WeChatPayV3Credentials) {
    publicKey = credentials.publicKey
    var state = State()
    if let certificate = credentials.platformCertificate, let key = try? certificate.publicKey() {
      state.platform[certificate.serialHex] = Platform(
        key: key, validUntil: Timestamp(unixSeconds: certificate.validUntilUnixSeconds))
    }
    self.state = Mutex(state)
  }

  /// Whether a name is that of a certificate, also where the public key is set: while a merchant
  /// changes to it, messages come under either.
  func usesCertificates(_ serial: String) -> Bool { !serial.hasPrefix("PUB_KEY_ID_") }

  func key(_ serial: String, now: Timestamp) -> RSAPublicKey? {
    if let publicKey, publicKey.serial == serial { return publicKey.key }
    return state.withLock { state in
      state.platform[serial].flatMap { $0.validUntil > now ? $0.key : nil }
    }
  }

  /// Whether it is time to fetch certificates; a caller that gets true is the one to do it.
  func shouldRefresh(for serial: String, now: Timestamp) -> Bool {
    let isKnown = key(serial, now: now) != nil
    return state.withLock { state in
      if [state.failedAt, state.noneAt].contains(where: { isRecent($0, now) }) { return false }
      let (last, pause) =
        isKnown
        ? (state.refreshedAt, WeChatPayV3Keys.refreshSeconds)
        : (state.unknownRefreshedAt, WeChatPayV3Keys.unknownRefreshSeconds)
      if isWithin(pause, last, now) { return false }
      state.refreshedAt = now
      if !isKnown { state.unknownRefreshedAt = now }
      return true
    }
  }

  private func isRecent(_ moment: Timestamp?, _ now: Timestamp) -> Bool {
    isWithin(WeChatPayV3Keys.failureSeconds, moment, now)
  }

  private func isWithin(_ seconds: Int64, _ moment: Timestamp?, _ now: Timestamp) -> Bool {
    moment.map { !Schedule(longestPauseSeconds: seconds).isOver(since: $0, at: now) } ?? false
  }

  /// The merchant has no certificates: who names one is not believed.
  func noteNone(now: Timestamp) {
    state.withLock { $0.noneAt = now }
  }

  func hasNone(now: Timestamp) -> Bool { state.withLock { isRecent($0.noneAt, now) } }

  /// Puts the list that WeChat Pay gave in place of the old one.
  func replace(_ platform: [String: Platform]) {
    state.withLock { state in
      state.platform = platform
      state.failedAt = nil
      state.noneAt = nil
    }
  }

  /// A download failed; a message that needs one may try again after a while.
  func refreshFailed(now: Timestamp) {
    state.withLock { state in
      state.refreshedAt = nil
      state.unknownRefreshedAt = nil
      state.failedAt = now
    }
  }

  /// When the last certificate ends, or nil without certificates.
  var validUntil: Timestamp? { state.withLock { $0.platform.values.map(\.validUntil).max() } }

  /// The name to ask WeChat Pay to sign with.
  var preferredSerial: String? { publicKey?.serial }
}
