import Crypto
import HTTPSClient
public import Provider
public import Vocabulary

extension WeChatPayV3 {
  public func check(now: Timestamp) -> [CheckFinding] {
    [keyFinding()] + gatewayFindings(now) + [
      platformFinding(now), NotifyAddress.finding(us.notifyURL),
    ]
  }

  private func keyFinding() -> CheckFinding {
    let probe = Array("coinpay".utf8)
    guard let signature = try? credentials.privateKey.sign(probe),
      credentials.privateKey.publicKey.isValid(signature, for: probe)
    else {
      return CheckFinding(.failure, "private key", "cannot sign; set WECHAT_MCH_PRIVATE_KEY anew")
    }
    return CheckFinding(.ok, "private key", "signs, and its public half verifies")
  }

  private func platformFinding(_ now: Timestamp) -> CheckFinding {
    if let end = keys.validUntil {
      return CertificateExpiry.finding(
        "platform certificate", validUntilUnixSeconds: end.unixSeconds, now: now)
    }
    if keys.preferredSerial != nil {
      return CheckFinding(.ok, "WeChat Pay's public key", "has no end")
    }
    return CheckFinding(
      .failure, "platform certificate",
      "could not be fetched; WECHAT_API_V3_KEY must be the APIv3 key (APIv3密钥) of the console")
  }

  private func gatewayFindings(_ now: Timestamp) -> [CheckFinding] {
    let head = try? client.send(
      ClientRequest(method: .get, url: us.gatewayURL + "/v3/certificates", headers: []))
    return [
      GatewayProbe.finding(
        query(GatewayProbe.payment(now: now), now: now), url: us.gatewayURL,
        hint: "SIGN_ERROR: WECHAT_MCH_PRIVATE_KEY or "
          + "WECHAT_MCH_CERT_SERIAL is not of WECHAT_MCH_ID. 'not signed': "
          + "WECHAT_PAY_PUBLIC_KEY or its number is not WeChat Pay's"),
      ClockCheck.finding(dateHeader: head?[header: "date"], now: now),
    ]
  }
}
