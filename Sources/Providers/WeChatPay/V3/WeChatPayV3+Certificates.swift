import Crypto
import HTTP
import HTTPSClient
import Vocabulary

extension WeChatPayV3 {
  private struct Listing: Decodable {
    struct Entry: Decodable {
      let serialNo: String
      let expireTime: String
      let encryptCertificate: WeChatPayV3Resource

      enum CodingKeys: String, CodingKey {
        case serialNo = "serial_no"
        case expireTime = "expire_time"
        case encryptCertificate = "encrypt_certificate"
      }
    }

    let data: [Entry]
  }

  /// The key that a message names.
  enum KeyChoice {
    case known(RSAPublicKey)
    /// WeChat Pay has no such key.
    case unknown
    /// It may be a new one, but WeChat Pay cannot be asked at this moment.
    case undecided
  }

  /// Strictly the key that is named: another one is never tried in its place. Platform certificates
  /// are fetched when they are old or a new one is named.
  func key(_ serial: String, now: Timestamp) -> KeyChoice {
    guard keys.usesCertificates(serial) else {
      return keys.key(serial, now: now).map { .known($0) } ?? .unknown
    }
    var isListFresh = false
    if keys.shouldRefresh(for: serial, now: now) { isListFresh = fetchCertificates(now: now) }
    if let key = keys.key(serial, now: now) { return .known(key) }
    return isListFresh || keys.hasNone(now: now) ? .unknown : .undecided
  }

  /// WeChat Pay says under our public key that this merchant has no certificates.
  private func hasNone(_ response: ClientResponse, now: Timestamp) -> Bool {
    guard response.status == 404,
      let signature = try? WeChatPayV3Signature({ response[header: $0] }),
      !keys.usesCertificates(signature.serial), let key = keys.key(signature.serial, now: now)
    else { return false }
    return (try? signature.verify(response.body, key: key, now: now)) != nil
  }

  /// `GET /v3/certificates`. The list is believed because it is encrypted with the APIv3 key; its
  /// signature is by a certificate of the list itself.
  /// - Returns: whether the list was renewed.
  private func fetchCertificates(now: Timestamp) -> Bool {
    guard
      let request = try? request(.get, us.gatewayURL, "/v3/certificates", body: [], now: now),
      let response = try? client.send(request)
    else {
      keys.refreshFailed(now: now)
      return false
    }
    if hasNone(response, now: now) {
      keys.noteNone(now: now)
      return true
    }
    guard response.status == 200,
      let signature = try? WeChatPayV3Signature({ response[header: $0] }),
      let listing = JSON.decode(
        Listing.self, from: response.body, depthLevelsMax: WeChatPayV3.depthLevelsMax)
    else {
      keys.refreshFailed(now: now)
      return false
    }
    var platform: [String: WeChatPayV3Keys.Platform] = [:]
    for entry in listing.data {
      guard let pem = entry.encryptCertificate.open(credentials.apiKey),
        let certificate = try? Certificate.first(text: String(decoding: pem, as: UTF8.self)),
        certificate.serialHex == entry.serialNo, let key = try? certificate.publicKey()
      else { continue }
      platform[entry.serialNo] = WeChatPayV3Keys.Platform(
        key: key, validUntil: Timestamp(unixSeconds: certificate.validUntilUnixSeconds))
    }
    guard let signer = platform[signature.serial],
      (try? signature.verify(response.body, key: signer.key, now: now)) != nil
    else {
      keys.refreshFailed(now: now)
      return false
    }
    keys.replace(platform)
    return true
  }
}
