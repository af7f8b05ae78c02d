public import FoundationEssentials
import Vocabulary

/// Everything that is stored about one user, in the words of the API. Members are written in
/// snake_case; other people's names (operators who acted, whoever paid) are not among them.
public enum PersonalRecords {
  public struct Account: Encodable, Sendable {
    public let userId: Int64
    public let username: String
    public let email: String?
    public let role: String
    public let createdAt: String
    public let disabledAt: String?
    public let balance: Int64
    public let sessions: [Session]

    enum CodingKeys: String, CodingKey {
      case username, email, role, balance, sessions
      case userId = "user_id"
      case createdAt = "created_at"
      case disabledAt = "disabled_at"
    }
  }

  public struct Session: Encodable, Sendable {
    public let createdAt: String
    public let expiresAt: String

    enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case expiresAt = "expires_at"
    }
  }

  public struct Order: Encodable, Sendable {
    public let orderNo: String
    public let status: String
    public let amount: Decimal
    public let currency: String
    public let coins: Int64
    public let bonusCoins: Int64
    public let paymentMethod: String
    public let createdAt: String
    public let expiresAt: String
    public let paidAt: String?
    public var payments: [Payment] = []
    public var refunds: [Refund] = []
    public var disputes: [Dispute] = []
    public var history: [Change] = []

    enum CodingKeys: String, CodingKey {
      case status, amount, currency, coins, payments, refunds, disputes, history
      case orderNo = "order_no"
      case bonusCoins = "bonus_coins"
      case paymentMethod = "payment_method"
      case createdAt = "created_at"
      case expiresAt = "expires_at"
      case paidAt = "paid_at"
    }
  }

  public struct Payment: Encodable, Sendable {
    public let outTradeNo: String
    public let provider: String
    public let providerTransaction: String?
    public let status: String
    public let amount: Decimal
    public let currency: String
    public let cause: String?
    public let createdAt: String
    public let succeededAt: String?

    enum CodingKeys: String, CodingKey {
      case provider, status, amount, currency, cause
      case outTradeNo = "out_trade_no"
      case providerTransaction = "provider_transaction"
      case createdAt = "created_at"
      case succeededAt = "succeeded_at"
    }
  }

  public struct Refund: Encodable, Sendable {
    public let outRequestNo: String
    public let status: String
    public let amount: Decimal
    public let currency: String
    public let coinsTaken: Int64
    public let reason: String
    public let createdAt: String

    enum CodingKeys: String, CodingKey {
      case status, amount, currency, reason
      case outRequestNo = "out_request_no"
      case coinsTaken = "coins_taken"
      case createdAt = "created_at"
    }
  }

  public struct Dispute: Encodable, Sendable {
    public let disputeId: String
    public let status: String
    public let amount: Decimal
    public let currency: String
    public let coinsFrozen: Int64
    public let reason: String
    public let createdAt: String

    enum CodingKeys: String, CodingKey {
      case status, amount, currency, reason
      case disputeId = "dispute_id"
      case coinsFrozen = "coins_frozen"
      case createdAt = "created_at"
    }
  }

  public struct Change: Encodable, Sendable {
    /// `order` or `payment`.
    public let subject: String
    public let from: String?
    public let to: String
    public let cause: String
    public let at: String
  }

  public struct Entry: Encodable, Sendable {
    public let id: Int64
    public let kind: String
    public let coins: Int64
    public let balanceAfter: Int64
    public let reference: String
    public let createdAt: String

    enum CodingKeys: String, CodingKey {
      case id, kind, coins, reference
      case balanceAfter = "balance_after"
      case createdAt = "created_at"
    }
  }
}
