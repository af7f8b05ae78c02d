import Provider
import Vocabulary

/// Alipay's own words, as far as they are read.
enum AlipayWire {
  struct Precreated: Decodable {
    let outTradeNo: String
    let qrCode: String

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case qrCode = "qr_code"
    }
  }

  struct Trade: Decodable {
    let outTradeNo: String
    let tradeNo: String
    let tradeStatus: String
    let totalAmount: String
    let sendPayDate: String?
    /// What was given back, where it is told.
    let refundFee: String?

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case tradeNo = "trade_no"
      case tradeStatus = "trade_status"
      case totalAmount = "total_amount"
      case sendPayDate = "send_pay_date"
      case refundFee = "refund_fee"
    }

    /// Only a trade that was paid has a time of that, or anything to give back.
    var wasPaid: Bool {
      let returned = refundFee.flatMap(AlipayWire.amount)?.minorUnits ?? 0
      return !(sendPayDate ?? "").isEmpty || returned > 0
    }

    /// Whether it was paid and all of it was given back.
    var isReturned: Bool { tradeStatus == AlipayTranslation.closed && wasPaid }
  }

  struct Refunded: Decodable {
    let outTradeNo: String
    let fundChange: String?

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case fundChange = "fund_change"
    }
  }

  struct RefundState: Decodable {
    let outTradeNo: String?
    let outRequestNo: String?
    let refundStatus: String?
    let refundAmount: String?

    enum CodingKeys: String, CodingKey {
      case outTradeNo = "out_trade_no"
      case outRequestNo = "out_request_no"
      case refundStatus = "refund_status"
      case refundAmount = "refund_amount"
    }
  }

  struct BillAddress: Decodable {
    let billDownloadUrl: String

    enum CodingKeys: String, CodingKey {
      case billDownloadUrl = "bill_download_url"
    }
  }

  struct CertificateContent: Decodable {
    let alipayCertContent: String

    enum CodingKeys: String, CodingKey {
      case alipayCertContent = "alipay_cert_content"
    }
  }

  /// Yuan with at most two decimals and no leading zeros, as Alipay writes them; nil for any other
  /// form.
  static func amount(_ text: String) -> ReportedAmount? {
    let wholeDigits = text.prefix { $0 != "." }.utf8.count
    let hasLeadingZero = wholeDigits > 1 && text.hasPrefix("0")
    guard wholeDigits <= 9, !hasLeadingZero, let money = Money(decimal: text, currency: .cny) else {
      return nil
    }
    return ReportedAmount(money)
  }
}
