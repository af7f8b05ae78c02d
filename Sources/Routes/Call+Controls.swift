import Controls
import Pages
import Payments
import Vocabulary

extension Call {
  /// What users may do at this moment.
  var mode: SiteMode { site.checkout.controls.current.mode(at: site.clock.now()) }

  /// What operators tell all users, in the reader's language; nil while the site is open.
  var notice: String? {
    let controls = site.checkout.controls.current
    let mode = controls.mode(at: site.clock.now())
    let standard: ErrorCode
    switch mode {
    case .open: return nil
    case .ordersPaused: standard = .ordersPaused
    case .readOnly: standard = .readOnly
    }
    let text = controls.notice?.text.text(in: language.code) ?? standard.message(language)
    guard let until = controls.until else { return text }
    return text + Names.expectedEnd(MomentView(until, zone: site.zone), language)
  }

  /// The refusal of what the mode forbids: it says what operators tell.
  func pausedError(_ code: ErrorCode) -> RouteError {
    let now = site.clock.now()
    let secondsLeft = site.checkout.controls.current.until.map { $0.unixSeconds - now.unixSeconds }
    return RouteError(
      code,
      retryAfterSeconds: min(
        max(secondsLeft ?? Call.pauseRetrySeconds, 1), Call.pauseRetrySecondsMax),
      message: notice)
  }

  /// When a client may ask again after an open-ended pause.
  private static let pauseRetrySeconds: Int64 = 60
  private static let pauseRetrySecondsMax: Int64 = 3_600
}
