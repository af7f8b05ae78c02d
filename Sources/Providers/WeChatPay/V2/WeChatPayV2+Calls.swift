import Crypto
import HTTPSClient
import Provider
import Vocabulary
import XML

extension WeChatPayV2 {
  /// An answer, sorted by what it says about the request.
  enum Answer {
    /// Signed, both codes SUCCESS, and for our merchant.
    case success(FlatDocument)
    /// Signed: WeChat Pay did not do it.
    case failed(code: String, Cause)
    /// Nothing was sent.
    case notSent(Cause)
    case unknown(Cause)
  }

  func ask(
    _ path: String, _ fields: [(name: String, value: String)], through client: HTTPSClient? = nil
  ) -> Answer {
    let sent = (client ?? self.client).sendRepeatably { () throws(CryptoError) in
      try request(path, fields)
    }
    switch sent {
    case .answered(let response): return read(response)
    case .notSent(let cause): return .notSent(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  static let nonceField = "nonce_str"

  func request(
    _ path: String, _ fields: [(name: String, value: String)]
  ) throws(CryptoError) -> ClientRequest {
    var all = fields + [("appid", us.appID), ("mch_id", us.merchantID)]
    if !fields.contains(where: { $0.name == WeChatPayV2.nonceField }) {
      all.append((WeChatPayV2.nonceField, try WeChatPayAccount.nonce()))
    }
    all.append(("sign_type", algorithm.rawValue))
    all.append(("sign", WeChatPayV2Signature.sign(all, key: apiKey, algorithm)))
    return ClientRequest(
      method: .post, url: us.gatewayURL + path,
      headers: [("Content-Type", "text/xml; charset=utf-8")],
      body: FlatDocument.write(root: "xml", all))
  }

  private func read(_ response: ClientResponse) -> Answer {
    guard response.status == 200 else {
      return .unknown(Cause(.unavailable, "HTTP \(response.status)"))
    }
    guard let document = try? FlatDocument(response.body), document.root == "xml" else {
      return .unknown(Cause(.unavailable, "the answer is not of WeChat Pay's form"))
    }
    // An answer without SUCCESS here is not signed: it is no fact about the order.
    guard document["return_code"] == "SUCCESS" else {
      return .unknown(
        Cause(.configuration, "return_code FAIL: \(document["return_msg"] ?? "")"))
    }
    guard WeChatPayV2Signature.algorithm(of: document.rawFields, key: apiKey) == algorithm else {
      return .unknown(Cause(.configuration, "the answer is not signed with our key"))
    }
    guard document["appid"] == us.appID, document["mch_id"] == us.merchantID else {
      return .unknown(Cause(.configuration, "the answer is for another merchant"))
    }
    guard document["result_code"] == "SUCCESS" else {
      let code = document["err_code"] ?? ""
      let cause = WeChatPayCauses.cause(code)
      return WeChatPayCauses.isTemporary(code) ? .unknown(cause) : .failed(code: code, cause)
    }
    return .success(document)
  }

  /// Whole fen, digits only, as an amount.
  static func amount(_ text: String?, currency: String?) -> ReportedAmount? {
    guard let text, (1...11).contains(text.utf8.count),
      let minorUnits = OutsideNumber(text)?.within(0...OutsideNumber.range.upperBound)
    else { return nil }
    return ReportedAmount(minorUnits: minorUnits, currencyCode: currency ?? Currency.cny.code)
  }
}
