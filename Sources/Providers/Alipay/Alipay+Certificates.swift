import Crypto
import HTTP
import HTTPSClient
import Provider
import Vocabulary

extension AlipayProvider {
  private struct SerialNumber: Encodable {
    let alipayCertSn: String

    enum CodingKeys: String, CodingKey {
      case alipayCertSn = "alipay_cert_sn"
    }
  }

  /// Certificate mode: fetches the certificate that an answer names. It is believed only when a chain
  /// leads from it to the root certificates of our own file.
  func fetchCertificate(_ serial: String, now: Timestamp) {
    guard case .certificates(let certificates) = configuration.trust,
      serial.utf8.count == 32, Hex.decode(serial) != nil
    else { return }
    let call = AlipayCall(
      method: AlipayMethod.certificateDownload, content: SerialNumber(alipayCertSn: serial))
    guard let body = try? PercentCoding.encodeForm(parameters(call, now: now)),
      let response = try? client.send(
        ClientRequest(
          method: .post, url: configuration.gatewayURL + "?charset=utf-8",
          headers: [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")],
          body: Array(body.utf8))),
      let node = AlipayEnvelope(response.body, method: call.method)?.unverifiedNode,
      let content = JSON.decode(
        AlipayWire.CertificateContent.self, from: node,
        depthLevelsMax: AlipayAnswer.depthLevelsMax),
      let text = Base64.decode(content.alipayCertContent).map({
        String(decoding: $0, as: UTF8.self)
      }),
      let chain = try? Certificate.all(text: text), let leaf = chain.first,
      AlipayCertificates.serial(leaf) == serial,
      leaf.isTrusted(
        roots: certificates.roots, intermediates: Array(chain.dropFirst()),
        atUnixSeconds: now.unixSeconds),
      let key = try? leaf.publicKey()
    else { return }
    keys.add(key, serial: serial)
  }
}
