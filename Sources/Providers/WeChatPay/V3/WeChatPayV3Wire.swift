import Provider

/// WeChat Pay's own words, as far as they are read; names are in snake_case on the wire.
enum WeChatPayV3Wire {
  struct Amount: Codable {
    let total: Int64
    let currency: String?

    var reported: ReportedAmount {
      ReportedAmount(minorUnits: total, currencyCode: currency ?? "CNY")
    }
  }

  struct Order: Encodable {
    struct Scene: Encodable {
      struct H5: Encodable {
        let type = "Wap"
      }

      let payerClientIp: String
      let h5Info: H5?
    }

    let appid: String
    let mchid: String
    let description: String
    let outTradeNo: String
    let timeExpire: String
    let notifyUrl: String
    let amount: Amount
    let sceneInfo: Scene
  }

  struct Started: Decodable {
    let codeUrl: String?
    let h5Url: String?
  }

  struct Trade: Decodable {
    let appid: String
    let mchid: String
    let outTradeNo: String
    let tradeState: String
    let transactionId: String?
    let successTime: String?
    let amount: Amount?
  }

  struct Merchant: Encodable {
    let mchid: String
  }

  struct RefundOrder: Encodable {
    struct Amount: Encodable {
      let refund: Int64
      let total: Int64
      let currency: String
    }

    let outTradeNo: String
    let outRefundNo: String
    let reason: String?
    let notifyUrl: String
    let amount: Amount
  }

  struct Refund: Decodable {
    struct Amount: Decodable {
      let refund: Int64
      let currency: String?
    }

    let refundId: String?
    let outRefundNo: String
    let outTradeNo: String
    let transactionId: String?
    /// In answers.
    let status: String?
    /// In notifications.
    let refundStatus: String?
    let mchid: String?
    let amount: Amount

    var facts: RefundFacts {
      RefundFacts(
        providerRefundID: refundId,
        amount: ReportedAmount(
          minorUnits: amount.refund, currencyCode: amount.currency ?? "CNY"))
    }
  }

  /// The only kind of resource.
  static let encrypted = "encrypt-resource"

  struct Notice: Decodable {
    let id: String
    let eventType: String
    let resourceType: String
    let resource: WeChatPayV3Resource
  }

  struct Bill: Decodable {
    let hashType: String
    let hashValue: String
    let downloadUrl: String
  }
}
