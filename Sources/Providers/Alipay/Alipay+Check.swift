import Crypto
import HTTP
import HTTPSClient
public import Provider
public import Vocabulary

extension AlipayProvider {
  public func check(now: Timestamp) -> [CheckFinding] {
    [keyFinding()] + certificateFindings(now) + gatewayFindings(now)
      + [NotifyAddress.finding(configuration.notifyURL)]
  }

  private func keyFinding() -> CheckFinding {
    let probe = Array("coinpay".utf8)
    guard let signature = try? configuration.privateKey.sign(probe),
      configuration.privateKey.publicKey.isValid(signature, for: probe)
    else {
      return CheckFinding(.failure, "private key", "cannot sign; set ALIPAY_PRIVATE_KEY anew")
    }
    return CheckFinding(.ok, "private key", "signs, and its public half verifies")
  }

  private func certificateFindings(_ now: Timestamp) -> [CheckFinding] {
    guard case .certificates(let certificates) = configuration.trust else { return [] }
    let isChained = certificates.alipay.isTrusted(
      roots: certificates.roots, intermediates: [], atUnixSeconds: now.unixSeconds)
    return [
      CertificateExpiry.finding(
        "application certificate", validUntilUnixSeconds: certificates.app.validUntilUnixSeconds,
        now: now),
      CertificateExpiry.finding(
        "Alipay's certificate", validUntilUnixSeconds: certificates.alipay.validUntilUnixSeconds,
        now: now),
      isChained
        ? CheckFinding(.ok, "certificate chain", "Alipay's certificate leads to a root of the file")
        : CheckFinding(
          .warning, "certificate chain",
          "Alipay's certificate does not lead to a root of ALIPAY_ROOT_CERT by itself"),
    ]
  }

  private func gatewayFindings(_ now: Timestamp) -> [CheckFinding] {
    let head = try? client.send(
      ClientRequest(method: .get, url: configuration.gatewayURL, headers: []))
    return [
      GatewayProbe.finding(
        query(GatewayProbe.payment(now: now), now: now), url: configuration.gatewayURL,
        hint: "isv.invalid-signature: the public key in the "
          + "console is not the one of ALIPAY_PRIVATE_KEY. 'not signed': ALIPAY_PUBLIC_KEY is not "
          + "Alipay's. isv.invalid-app-id: ALIPAY_APP_ID belongs to another gateway"),
      ClockCheck.finding(dateHeader: head?[header: "date"], now: now),
    ]
  }
}
