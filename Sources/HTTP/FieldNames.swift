public import HTTPTypes

/// Header names that swift-http-types does not list.
extension HTTPField.Name {
  public static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .authorization
  public static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .authorization
}
