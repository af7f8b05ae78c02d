/// A request such as a provider sends, with bytes that proxies and filters like to change. It is sent to
/// ourselves in order to see whether it arrives as it was.
public struct NotifySample: Sendable {
  public let userAgent: String
  public let contentType: String
  public let body: [UInt8]

  public init(userAgent: String, contentType: String, body: String) {
    self.userAgent = userAgent
    self.contentType = contentType
    self.body = Array(body.utf8)
  }

  /// Spaces, escapes and the line at the end are signed.
  public static func json(userAgent: String, contentType: String) -> NotifySample {
    NotifySample(
      userAgent: userAgent, contentType: contentType,
      body:
        "{\n  \"coinpay_probe\": true,\n  \"text\": \"金币\\u91d1 \\/ <a href='#'>+</a>\",  \"number\": 1.10 \n}\n"
    )
  }
}
