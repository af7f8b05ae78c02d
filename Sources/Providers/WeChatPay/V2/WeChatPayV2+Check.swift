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

  private func gatewayFindings(_ now: Timestamp) -> [CheckFinding] {
    let head = try? client.send(ClientRequest(method: .get, url: us.gatewayURL + "/", headers: []))
    return [
      GatewayProbe.finding(
        query(GatewayProbe.payment(now: now), now: now), url: us.gatewayURL,
        hint: "A signature error means that WECHAT_API_KEY is not the "
          + "APIv2 key (APIv2密钥) of WECHAT_MCH_ID"),
      ClockCheck.finding(dateHeader: head?[header: "date"], now: now),
    ]
  }
}
