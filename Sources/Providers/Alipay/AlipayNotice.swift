import Crypto
import Files
import HTTP
import Provider
import Vocabulary

/// A notification (异步通知) whose signature was checked over its raw bytes.
///
/// Source: opendocs.alipay.com/open/270/105902.
struct AlipayNotice {
  private let form: RawFormBody
  private let charset: Charset

  /// - Throws: why it is not to be believed.
  init(_ body: [UInt8], keys: AlipayKeys) throws(NotificationRefusal) {
    let form: RawFormBody
    do throws(BodyError) { form = try RawFormBody(body) } catch { throw .malformed }
    guard let signature = form.text("sign"), !signature.isEmpty else { throw .notSigned }
    guard form.text("sign_type") == "RSA2" else { throw .signatureMalformed }
    let signed = form.fields.filter {
      !$0.name.elementsEqual("sign".utf8) && !$0.name.elementsEqual("sign_type".utf8)
    }
    let content = AlipaySignature.content(signed.map { ($0.name, $0.value) })
    guard Base64.decode(signature) != nil else { throw .signatureMalformed }
    let candidates = keys.candidates(serial: form.text("alipay_cert_sn"))
    guard AlipaySignature.isValid(signature, for: content, candidates) else {
      throw .signatureWrong
    }
    guard let charset = Charset(name: form.text("charset") ?? "utf-8") else { throw .malformed }
    self.form = form
    self.charset = charset
  }

  /// A value of bytes that are of no character is no number and no word of Alipay's, but may be a name that was cut: what
  /// nobody asks for is not decoded.
  subscript(_ name: String) -> String? {
    form[name].flatMap { value in
      value.isEmpty ? nil : charset.decode(value) ?? String(decoding: value, as: UTF8.self)
    }
  }

  /// Names the notification: a copy has the same name.
  var key: String? {
    self["notify_id"].map { "notify:\($0):\(self["trade_status"] ?? "")" }
  }
}

extension RawFormBody {
  /// The value of a name whose value is ASCII.
  func text(_ name: String) -> String? {
    self[name].flatMap { value in
      value.allSatisfy { $0 < 0x80 } ? String(decoding: value, as: UTF8.self) : nil
    }
  }
}
