import Crypto
import Glibc
import HTTPTypes
import Provider
import Vocabulary
import XML

@testable import Alipay
@testable import FastCGI
@testable import Files
@testable import HTTP
@testable import Stripe
@testable import WeChatPay

/// Everything that reads what strangers and providers send. None of it may end the process.
let parsers: [String: @Sendable ([UInt8]) -> Void] = [
  "fastcgi": readRequest,
  "form": readForm,
  "query": readQuery,
  "cookie": readHeaders,
  "json": readJSON,
  "xml": readXML,
  "bill": readBill,
  "zip": readArchive,
  "signature": readSignature,
  "text": readText,
]

/// A connection that a web server would make, from the first record to the end of the body.
private func readRequest(_ bytes: [UInt8]) {
  guard Exchange.isLibraryReady else { return }
  var pair: [CInt] = [-1, -1]
  guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0 else { return }
  defer { close(pair[1]) }
  // What fits into the socket's buffer, so that one thread can write and read.
  _ = unsafe send(pair[1], bytes, min(bytes.count, 32 * 1024), CInt(MSG_DONTWAIT))
  shutdown(pair[1], CInt(SHUT_WR))
  let limits = RequestLimits(
    bodyBytesMax: 8 * 1024, headerBytesMax: 16 * 1024, silenceSecondsMax: 1)
  let exchange = Exchange()
  guard exchange.begin(on: pair[0], limits: limits) else { return }
  let variables = exchange.variables(bytesMax: limits.headerBytesMax)
  let id = RequestID.choose(variables)
  if let head = try? RequestHead(variables, requestID: id, limits: limits) {
    _ = exchange.body(bytes: head.bodyBytes)
    _ = (loggable(head.request.path), head.request.cookies, head.request.mediaType)
  }
  _ = exchange.answer([Array("Status: 200 OK\r\n\r\n".utf8)])
}

private func readForm(_ bytes: [UInt8]) {
  if let form = try? FormBody(bytes) {
    _ = (form.repeatedName, form["a"], form.all("a"))
  }
  guard let raw = try? RawFormBody(bytes) else { return }
  let charset = (try? FormBody(bytes))?["charset"].flatMap { Charset(name: $0) } ?? .gbk
  for field in raw.fields { _ = (charset.decode(field.name), charset.decode(field.value)) }
  _ = AlipaySignature.content(raw.fields.map { ($0.name, $0.value) })
}

private func readQuery(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let target = RequestTarget("/" + text) {
    _ = (target.query.repeatedName, PercentCoding.encodeForm(target.query.fields))
    for field in target.query.fields { readNumbers(field.value) }
  }
}

private func readHeaders(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  var headers: HTTPFields = [:]
  headers.append(HTTPField(name: .cookie, value: bytes))
  headers[.contentType] = text
  let request = Request(headers: headers)
  _ = (request.cookies["coinpay_session"], request.mediaType)
  _ = AcceptLanguage(text).choose(among: ["zh-CN", "en"])
}

private func readJSON(_ bytes: [UInt8]) {
  _ = JSON.decode(AnyJSON.self, from: bytes, depthLevelsMax: 32)
  _ = try? Request(headers: [.contentType: "application/json"], body: bytes).decodeJSON(
    AnyJSON.self)
  _ = JSON.decode(StripeBookLine.self, from: bytes, depthLevelsMax: 32)
  guard let members = TopLevelMembers(bytes) else { return }
  for member in members.members {
    _ = members.text(String(decoding: member.name, as: UTF8.self))
  }
}

private func readXML(_ bytes: [UInt8]) {
  guard let document = try? FlatDocument(bytes) else { return }
  _ = document["out_trade_no"]
  _ = FlatDocument.write(root: "xml", document.fields)
}

private func readBill(_ bytes: [UInt8]) {
  var alipay = AlipayBill()
  var weChatPay = WeChatPayBill()
  var splitter = LineSplitter()
  func take(_ line: [UInt8]) {
    _ = try? alipay.read(line)
    _ = try? weChatPay.read(line)
  }
  try? splitter.add(bytes, take)
  try? splitter.finish(take)
  _ = (alipay.hasHeader, weChatPay.isComplete)
}

private func readArchive(_ bytes: [UInt8]) {
  guard let file = try? TemporaryFile(), (try? file.append(bytes)) != nil,
    let archive = try? ZIPArchive(file)
  else { return }
  var linesLeft = 1_000
  struct Enough: Error {}
  for (index, name) in archive.names.enumerated() {
    _ = Charset.gbk.decode(name)
    try? archive.readLines(of: index) { _ in
      linesLeft -= 1
      if linesLeft < 0 { throw Enough() }
    }
  }
}

private func readSignature(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  let now = Timestamp(unixSeconds: 1_800_000_000)
  try? StripeSignature(text).verify([], secrets: [Secret("whsec_x")], now: now)
  let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  let names = [
    "Wechatpay-Signature", "Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce",
    "Wechatpay-Signature-Type",
  ]
  _ = try? WeChatPayV3Signature { name in
    names.firstIndex(of: name).flatMap { parts.indices.contains($0) ? parts[$0] : nil }
  }
}

private func readText(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  readNumbers(text)
  _ = (Base64.decode(text), Hex.decode(text), Currency(text), OrderNumber(text))
  _ = (Charset.gbk.decode(bytes), Charset.gbk.encode(text))
  if let names = TopLevelMembers(bytes) { _ = names["a"] }
}

/// Every reading of a number, a day and a moment, with the arithmetic that follows it.
private func readNumbers(_ text: String) {
  _ = (Money(decimal: text, currency: .cny), BookDay(text), CalendarDate(text)?.description)
  let moments = [
    Timestamp(rfc3339: text), Timestamp(beijing: text), Timestamp(compactBeijing: text),
    Timestamp(httpDate: text),
    OutsideNumber(text).flatMap { Timestamp(reportedMicroseconds: $0) },
    OutsideNumber(text)?.within(OutsideNumber.range).map { Timestamp(unixSeconds: $0) },
  ]
  for case let moment? in moments {
    _ = (moment.description, moment.beijing, moment.adding(seconds: -86_400).unixSeconds)
    _ = CalendarDate(CalendarTime(moment, offsetSeconds: 50_400)).description
  }
}

/// Any value, with each of its numbers read in every way that a body's numbers are.
private struct AnyJSON: Decodable {
  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int?
    init?(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init?(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
  }

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Name.self) {
      for name in object.allKeys { _ = try? object.decode(AnyJSON.self, forKey: name) }
      return
    }
    if var array = try? decoder.unkeyedContainer() {
      while !array.isAtEnd { _ = try array.decode(AnyJSON.self) }
      return
    }
    let value = try decoder.singleValueContainer()
    _ = (try? value.decode(Int64.self), try? value.decode(Double.self))
    _ = (try? value.decode(OutsideNumber.self), try? value.decode(String.self))
    _ = (try? value.decode(Bool.self), value.decodeNil())
  }
}
