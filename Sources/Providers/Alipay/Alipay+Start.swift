import Crypto
import HTTP
public import Provider
public import Vocabulary

extension AlipayProvider {
  /// The business content of all ways to pay; what does not apply is left out.
  private struct Trade: Encodable {
    let outTradeNo: String
    let totalAmount: String
    let subject: String
    let productCode: String?
    let timeExpire: String
    let goodsType: String?
    let quitUrl: String?

    enum CodingKeys: String, CodingKey {
      case subject
      case outTradeNo = "out_trade_no"
      case totalAmount = "total_amount"
      case productCode = "product_code"
      case timeExpire = "time_expire"
      case goodsType = "goods_type"
      case quitUrl = "quit_url"
    }
  }

  /// Shortest time to pay that Alipay accepts, in seconds, for a desktop and for a phone.
  private static let payableSecondsMin: Int64 = 90
  private static let payableOnPhoneSecondsMin: Int64 = 330
  /// A code of `precreate` is valid for two hours.
  private static let codeUsableSeconds: Int64 = 7_200

  /// `page.pay` and `wap.pay` need no call: the browser brings the signed request to Alipay, where
  /// the trade comes into being when the buyer scans or signs in.
  public func startLocally(_ payment: PaymentRequest) -> StartedPayment? {
    let isMobile = payment.payer.isMobile
    guard isMobile || configuration.product == .page else { return nil }
    let call = AlipayCall(
      method: isMobile ? AlipayMethod.wapPay : AlipayMethod.pagePay,
      content: trade(
        payment, productCode: isMobile ? "QUICK_WAP_WAY" : "FAST_INSTANT_TRADE_PAY",
        quitURL: isMobile ? configuration.returnURL : nil),
      notifyURL: configuration.notifyURL, returnURL: configuration.returnURL)
    guard let parameters = try? parameters(call, now: payment.now) else { return nil }
    return StartedPayment(
      providerTransactionID: nil,
      presentation: .redirect(
        url: configuration.gatewayURL + "?" + PercentCoding.encodeForm(parameters)))
  }

  /// The address for notifications, a line break, and the business content.
  public func startRequest(_ payment: PaymentRequest) -> StartRequest? {
    let content = AlipayCall.text(of: trade(payment, productCode: nil, quitURL: nil))
    return StartRequest(
      call: AlipayMethod.precreate, returnURL: payment.returnURL,
      content: Array("\(configuration.notifyURL)\n\(content)".utf8))
  }

  /// Asks for a QR code.
  public func start(_ payment: PaymentStart, now: Timestamp) -> StartOutcome {
    let parts = String(decoding: payment.request.content, as: UTF8.self)
      .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      return .unavailable(Cause(.invalidRequest, "the stored request cannot be read"))
    }
    let call = AlipayCall(
      method: payment.request.call, content: String(parts[1]), notifyURL: String(parts[0]))
    switch ask(call, now: now) {
    case .success(let node):
      guard
        let code = JSON.decode(
          AlipayWire.Precreated.self, from: node, depthLevelsMax: AlipayAnswer.depthLevelsMax),
        code.outTradeNo == payment.outTradeNo, code.qrCode.utf8.count <= 512
      else { return .unknown(Cause(.unavailable, "the answer is about another payment")) }
      return .started(
        StartedPayment(
          providerTransactionID: nil, presentation: .qrCode(text: code.qrCode),
          usableSeconds: AlipayProvider.codeUsableSeconds))
    case .failed(let subCode, let cause):
      // An earlier attempt of ours may have made this trade.
      return subCode == "ACQ.CONTEXT_INCONSISTENT" ? .unknown(cause) : .refused(cause)
    case .rejected(let cause), .notSent(let cause): return .unavailable(cause)
    case .unknown(let cause): return .unknown(cause)
    }
  }

  private func trade(
    _ payment: PaymentRequest, productCode: String?, quitURL: String?
  ) -> Trade {
    let seconds =
      payment.payer.isMobile
      ? AlipayProvider.payableOnPhoneSecondsMin : AlipayProvider.payableSecondsMin
    let deadline = max(payment.expiresAt, payment.now.adding(seconds: seconds))
    return Trade(
      outTradeNo: payment.outTradeNo, totalAmount: payment.amount.decimal,
      subject: AlipayProvider.subject(payment), productCode: productCode,
      timeExpire: deadline.beijing, goodsType: productCode == nil ? nil : "0",
      quitUrl: quitURL)
  }

  /// Before the order's number; together they may have 256 characters.
  private static let subjectLimit = TextLimit(128, .utf16Units)

  /// Alipay refuses `/`, `=` and `&` in a subject, also where a mark above them makes them another character.
  private static func subject(_ payment: PaymentRequest) -> String {
    let refused: Set<Unicode.Scalar> = ["/", "=", "&", "\n", "\r", "\t"]
    let plain = payment.subject.unicodeScalars.map { refused.contains($0) ? " " : $0 }
    let text = String(String.UnicodeScalarView(plain))
    return subjectLimit.cut(text) + " " + payment.orderNumber.text
  }
}
