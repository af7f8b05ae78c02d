public import Accounts
public import HTTP
import HTTPTypes
import Pages

/// The cookies of the site.
///
/// A site that people reach by https gives all of them the prefix `__Host-`: a browser then takes them
/// only over https, for this host alone, and no neighbouring host can plant one (RFC 6265bis, 4.1.3.2).
struct SiteCookies: Sendable {
  /// What a session's token is kept in.
  let session: String
  /// Binds the forms of somebody who has not signed in to their browser.
  let form: String
  let language: String
  /// See `DeviceMark`.
  let device: String
  private let isHostOnly: Bool

  static let hostPrefix = "__Host-"
  private static let languageSeconds: Int64 = 365 * 24 * 3_600

  /// - Parameter baseURL: what people reach the site by.
  init(baseURL: String) {
    isHostOnly = baseURL.hasPrefix("https://")
    let prefix = isHostOnly ? SiteCookies.hostPrefix : ""
    session = prefix + "coinpay_session"
    form = prefix + "coinpay_form"
    language = prefix + "coinpay_lang"
    device = prefix + "coinpay_device"
  }

  private func isSecure(_ call: Call) -> Bool { isHostOnly || call.request.isSecure }

  func header(
    _ name: String, _ value: String, seconds: Int64?, sameSite: SetCookie.SameSite = .lax,
    _ call: Call
  ) throws(RouteError) -> String {
    let cookie = SetCookie(
      name: name, value: value, maxAgeSeconds: seconds.map { Int(clamping: $0) },
      isSecure: isSecure(call),
      sameSite: sameSite)
    guard let cookie else { throw RouteError(.internal) }
    return cookie.headerValue
  }

  func languageHeader(_ value: String, _ call: Call) throws(RouteError) -> String {
    try header(language, value, seconds: SiteCookies.languageSeconds, call)
  }
}

extension Call {
  /// The token of the session that the browser is in, or says it is.
  public var sessionToken: String? { request.cookies[site.cookies.session] }

  /// Who asks, as attempts to prove something are counted.
  public var visitor: Visitor {
    Visitor(
      address: request.remoteAddress, deviceMark: request.cookies[site.cookies.device],
      isGone: request.isClientGone)
  }

  /// Gives the browser a session's token.
  public func keepingSession(
    _ token: String, _ response: Response
  ) throws(RouteError) -> Response {
    response.adding(
      .setCookie,
      try site.cookies.header(
        site.cookies.session, token, seconds: SignInSession.lifetimeSeconds, self))
  }
}
