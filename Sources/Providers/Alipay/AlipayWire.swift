import Provider
import Vocabulary

/// Alipay's own words, as far as they are read.
enum AlipayWire {
  struct Precreated: Decodable {
    let outTradeNo: String
    let qrCode: String
  }

  struct Trade: Decodable {
    let outTradeNo: String
    let tradeNo: String
    let tradeStatus: String
    let totalAmount: String
    let sendPayDate: String?
    /// What was given back, where it is told.
    let refundFee: String?
  }

  struct Refunded: Decodable {
    let outTradeNo: String
    let fundChange: String?
  }

  struct RefundState: Decodable {
    let outTradeNo: String?
    let outRequestNo: String?
    let refundStatus: String?
    let refundAmount: String?
  }

  struct BillAddress: Decodable {
    let billDownloadUrl: String
  }

  struct CertificateContent: Decodable {
    let alipayCertContent: String
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
