import Crypto
import HTTPSClient
public import Provider
public import Vocabulary

extension WeChatPayV2 {
  public func check(now: Timestamp) -> [CheckFinding] {
    [certificateFinding(now)] + gatewayFindings(now) + [NotifyAddress.finding(us.notifyURL)]
  }

  private func certificateFinding(_ now: Timestamp) -> CheckFinding {
    guard let clientCertificate else {
      return CheckFinding(
        .warning, "client certificate",
        "not set: refunds cannot be made. Set WECHAT_CLIENT_CERT and WECHAT_CLIENT_KEY")
    }
    return CertificateExpiry.finding(
      "client certificate", validUntilUnixSeconds: clientCertificate.validUntilUnixSeconds,
      now: now)
  }

  /// Asks for an order that cannot exist: the answer shows whether WeChat Pay accepts our signature
  /// and whether we accept WeChat Pay's.
  private func gatewayFindings(_ now: Timestamp) -> [CheckFinding] {
    let probe = PaymentReference(
      outTradeNo: "COINPAY_CHECK_\(now.unixSeconds)", providerTransactionID: nil)
    let head = try? client.send(ClientRequest(method: .get, url: us.gatewayURL + "/", headers: []))
    let clock = ClockCheck.finding(dateHeader: head?[header: "date"], now: now)
    switch query(probe, now: now) {
    case .notFound, .event:
      return [CheckFinding(.ok, "gateway", "accepts our signature, and its own is genuine"), clock]
    case .unknown(let cause):
      return [
        CheckFinding(
          .failure, "gateway",
          "\(us.gatewayURL): \(cause). A signature error means that WECHAT_API_KEY is not the "
            + "APIv2 key (APIv2密钥) of WECHAT_MCH_ID"), clock,
      ]
    }
  }
}
