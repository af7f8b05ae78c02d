import HTTP
import Provider

/// An answer of the gateway, sorted by what it says about the request.
enum AlipayAnswer {
  /// Signed, with `code` 10000; the bytes are the node.
  case success([UInt8])
  /// Signed: the gateway did not do it.
  case failed(subCode: String, Cause)
  /// The gateway did not accept the request as ours; nothing happened.
  case rejected(Cause)
  /// Nothing was sent.
  case notSent(Cause)
  case unknown(Cause)

  /// Levels of nesting that are looked at.
  static let depthLevelsMax = 32
}

/// The form of every answer: the node that belongs to the method, and the signature over its bytes.
///
/// Source: protocol document opendocs.alipay.com/common/02mse7 (response verification).
struct AlipayEnvelope {
  let node: [UInt8]
  let signature: String?
  let certificateSerial: String?
  private let head: Head

  private struct Head: Decodable {
    let code: String
    let msg: String?
    let subCode: String?

    enum CodingKeys: String, CodingKey {
      case code, msg
      case subCode = "sub_code"
    }
  }

  init?(_ body: [UInt8], method: String) {
    let name = String(method.map { $0 == "." ? "_" : $0 }) + "_response"
    guard let members = TopLevelMembers(body),
      let node = members[name] ?? members["error_response"],
      let head = JSON.decode(
        Head.self, from: Array(node), depthLevelsMax: AlipayAnswer.depthLevelsMax)
    else { return nil }
    self.node = Array(node)
    self.head = head
    signature = members.text("sign")
    certificateSerial = members.text("alipay_cert_sn")
  }

  /// - Parameter isGenuine: whether the signature is Alipay's.
  func answer(isGenuine: Bool) -> AlipayAnswer {
    let subCode = head.subCode ?? ""
    let cause = AlipayCauses.cause(code: head.code, subCode: subCode)
    switch head.code {
    case "10000":
      return isGenuine ? .success(node) : .unknown(Cause(.unavailable, "the answer is not signed"))
    case "40004":
      // Without a signature this could be anybody's word about the order.
      guard isGenuine else { return .unknown(cause) }
      return AlipayCauses.isTemporary(subCode) ? .unknown(cause) : .failed(subCode: subCode, cause)
    case "20001", "40001", "40002", "40003", "40006": return .rejected(cause)
    default: return .unknown(cause)
    }
  }

  /// The node of the one answer that is believed by other means than its signature.
  var unverifiedNode: [UInt8]? { head.code == "10000" ? node : nil }
}
