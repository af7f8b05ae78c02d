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

      enum CodingKeys: String, CodingKey {
        case payerClientIp = "payer_client_ip"
        case h5Info = "h5_info"
      }
    }

    let appid: String
    let mchid: String
    let description: String
    let outTradeNo: String
    let timeExpire: String
    let notifyUrl: String
    let amount: Amount
    let sceneInfo: Scene

    enum CodingKeys: String, CodingKey {
      case appid, mchid, description, amount
      case outTradeNo = "out_trade_no"
      case timeExpire = "time_expire"
      case notifyUrl = "notify_url"
      case sceneInfo = "scene_info"
    }
  }

  struct Started: Decodable {
    let codeUrl: String?
    let h5Url: String?

    enum CodingKeys: String, CodingKey {
      case codeUrl = "code_url"
      case h5Url = "h5_url"
    }
  }

  struct Trade: Decodable {
    let appid: String
    let mchid: String
    let outTradeNo: String
    let tradeState: String
    let transactionId: String?
    let successTime: String?
    let amount: Amount?

    enum CodingKeys: String, CodingKey {
      case appid, mchid, amount
      case outTradeNo = "out_trade_no"
      case tradeState = "trade_state"
      case transactionId = "transaction_id"
      case successTime = "success_time"
    }
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

    enum CodingKeys: String, CodingKey {
      case reason, amount
      case outTradeNo = "out_trade_no"
      case outRefundNo = "out_refund_no"
      case notifyUrl = "notify_url"
    }
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

    enum CodingKeys: String, CodingKey {
      case status, mchid, amount
      case refundId = "refund_id"
      case outRefundNo = "out_refund_no"
      case outTradeNo = "out_trade_no"
      case transactionId = "transaction_id"
      case refundStatus = "refund_status"
    }

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

    enum CodingKeys: String, CodingKey {
      case id, resource
      case eventType = "event_type"
      case resourceType = "resource_type"
    }
  }

  struct Bill: Decodable {
    let hashType: String
    let hashValue: String
    let downloadUrl: String

    enum CodingKeys: String, CodingKey {
      case hashType = "hash_type"
      case hashValue = "hash_value"
      case downloadUrl = "download_url"
    }
  }
}
