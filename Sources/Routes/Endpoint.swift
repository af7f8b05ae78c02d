import Controls
public import Database
public import HTTP
import HTTPTypes
import Pages
public import Vocabulary

/// A handler with what is asked of a request before it runs.
public struct Endpoint: Sendable {
  public enum Guard: Sendable {
    case none
    /// A POST that a page of ours or a program sent: JSON, and not from another site.
    case sameOriginJSON
    /// Such a POST by which a user changes something: refused while the site is read-only.
    case userChange
    /// A POST of a form of ours, not from another site; its handler reads it by `Call.form`, which
    /// also checks its token.
    case sameOriginForm
  }

  let requirement: Guard
  /// Largest body that it takes.
  let bodyBytesMax: Int
  let handle: @Sendable (Call, inout Connection) throws -> Response

  public init(
    _ requirement: Guard, bodyBytesMax: Int = Limits.bodyBytesMax,
    _ handle: @escaping @Sendable (Call, inout Connection) throws -> Response
  ) {
    self.requirement = requirement
    self.bodyBytesMax = bodyBytesMax
    self.handle = handle
  }

  func guardCall(_ call: Call) throws(RouteError) {
    if case .none = requirement { return }
    guard isSameOrigin(call) else { throw RouteError(.forbidden) }
    if case .sameOriginForm = requirement { return }
    let mediaType = call.request.headers[.contentType]?.lowercased() ?? ""
    guard mediaType == "application/json" || mediaType.hasPrefix("application/json;") else {
      throw RouteError(.unsupportedMediaType)
    }
    if case .userChange = requirement, call.mode == .readOnly { throw call.pausedError(.readOnly) }
  }

  /// Browsers name the origin of every POST and cannot be made to lie by a page. A program that
  /// sends neither header carries no user's cookies by accident.
  private func isSameOrigin(_ call: Call) -> Bool {
    let headers = call.request.headers
    if let site = headers[.secFetchSite], site != "same-origin" { return false }
    guard let origin = headers[.origin] else { return true }
    let scheme = call.request.isSecure ? "https" : "http"
    return origin == call.site.facts.baseURL || origin == "\(scheme)://\(call.request.host)"
  }
}
