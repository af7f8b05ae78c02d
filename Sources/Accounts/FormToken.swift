import Crypto

extension AccountDesk {
  /// What a form of ours carries, so that no page of another site can send it: HMAC-SHA-256 of a secret
  /// that only the reader's browser has.
  ///
  /// - Parameter secret: the session's token, or before one begins the visitor's own cookie.
  public func formToken(boundTo secret: String) -> String {
    Base64.encodeURLSafe(keyed("form|\(secret)"))
  }

  /// Compares in constant time.
  public func isFormToken(_ token: String, boundTo secret: String) -> Bool {
    constantTimeEqual(Array(token.utf8), Array(formToken(boundTo: secret).utf8))
  }
}
