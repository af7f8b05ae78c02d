import Accounts
import Crypto
import HTTP
import HTTPTypes
import Pages
import Vocabulary

extension Call {
  private static let formCookieBytes = 32
  private static let formCookieCharactersMax = 64
  static let formTokenField = "token"

  /// What only this reader's browser knows: the session, else the visitor's own cookie.
  private var formSecret: String? {
    let secret = sessionToken ?? request.cookies[site.cookies.form]
    return secret.flatMap {
      (1...Call.formCookieCharactersMax).contains($0.utf8.count) ? $0 : nil
    }
  }

  var formToken: String {
    formSecret.map { site.accounts.formToken(boundTo: $0) } ?? ""
  }

  /// The fields of a form of ours.
  /// - Throws: UNSUPPORTED_MEDIA_TYPE, INVALID_PARAMETERS, or FORM_EXPIRED when its token is not the
  ///   one that this browser was given.
  func form() throws(RouteError) -> FormBody {
    let form: FormBody
    do throws(BodyError) {
      form = try request.decodeForm()
    } catch {
      throw RouteError(error == .unsupportedMediaType ? .unsupportedMediaType : .invalidParameters)
    }
    guard let secret = formSecret, let token = form[Call.formTokenField],
      site.accounts.isFormToken(token, boundTo: secret)
    else { throw RouteError(.formExpired) }
    return form
  }

  /// A page with a form for somebody who may have no cookie yet.
  func withVisitor(_ render: (Chrome) -> Response) throws -> Response {
    if formSecret != nil { return render(chrome(nil)) }
    let secret = Base64.encodeURLSafe(try randomBytes(count: Call.formCookieBytes))
    let cookie = try site.cookies.header(
      site.cookies.form, secret, seconds: nil, sameSite: .strict, self)
    return render(chrome(nil, formToken: site.accounts.formToken(boundTo: secret)))
      .adding(.setCookie, cookie)
  }
}
