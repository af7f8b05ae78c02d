import Kit
import Vocabulary

@testable import Pages

/// View values for tests; a test names only what matters to it.
enum Samples {
  static let moment = MomentView(Timestamp(unixSeconds: 1_767_323_045), zone: .beijing)

  static func chrome(
    _ language: Language = .english, path: String = "/coin", username: String? = "demo",
    notice: String? = nil, message: PageMessage? = nil
  ) -> Chrome {
    Chrome(
      language: language, path: path, username: username, isDevelopment: true, notice: notice,
      formToken: "form-token", zone: "UTC+08:00", message: message)
  }

  static func price(_ minorUnits: Int64 = 990, _ currency: Currency = .cny) throws -> Money {
    guard let money = Money(minorUnits: minorUnits, currency: currency) else {
      throw SampleError.refused
    }
    return money
  }

  static func order(
    _ status: OrderStatus = .pending, packageName: String = "Starter",
    method: PaymentMethod = .mock,
    refunded: Money? = nil
  ) throws -> OrderView {
    guard let number = OrderNumber("COIN_20260102_12345678") else { throw SampleError.refused }
    return OrderView(
      number: number, packageName: packageName, coins: 500, bonusCoins: 50, amount: try price(),
      method: method, status: status, created: moment, expires: moment,
      paid: status == .paid ? moment : nil, refunded: refunded)
  }

  static func coin(
    packageName: String = "Starter", kind: String = "PURCHASE", reference: String = "COIN_1",
    methods: [PaymentMethod] = [.mock, .stripe], otherPrices: [(PaymentMethod, Money)]? = nil
  ) throws -> CoinView {
    CoinView(
      balance: 1_234_567, purchasedCoins: 10, bonusCoins: 2,
      packages: [
        PackageView(
          id: PackageID(1), name: packageName, coins: 500, bonusCoins: 50,
          prices: [(.mock, try price()), (.stripe, try price(149, .usd))])
      ]
        + (otherPrices.map {
          [PackageView(id: PackageID(2), name: "Other", coins: 5, bonusCoins: 0, prices: $0)]
        } ?? []),
      methods: methods, wishKey: "wish-1", entries: [entry(kind: kind, reference: reference)])
  }

  static func entry(kind: String = "PURCHASE", reference: String = "COIN_1") -> EntryView {
    EntryView(kind: kind, coins: 500, balanceAfter: 500, reference: reference, time: moment)
  }

  static func pay(
    _ status: OrderStatus = .pending, action: PayAction = .none, packageName: String = "Starter",
    method: PaymentMethod = .mock, unavailableMethods: [PaymentMethod] = [],
    earlierOpenMethods: [PaymentMethod] = [], codeSecondsLeft: Int64? = nil,
    nextCheckSeconds: Int64? = nil, hasOpenPayment: Bool = true, failure: FailureReason? = nil,
    question: PayQuestion? = nil, prices: [PaymentMethod: Money] = [:], isLookedAt: Bool = false,
    isPaidTwice: Bool = false, isInsideApp: Bool = false
  ) throws -> PayView {
    let isOpen = status == .pending
    return PayView(
      order: try order(status, packageName: packageName, method: method), action: action,
      otherMethods: isOpen || status == .failed ? [.stripe] : [], prices: prices,
      unavailableMethods: unavailableMethods, earlierOpenMethods: earlierOpenMethods,
      secondsLeft: isOpen ? 90 : 0, codeSecondsLeft: codeSecondsLeft,
      nextCheckSeconds: nextCheckSeconds, hasOpenPayment: hasOpenPayment, canCancel: isOpen,
      failure: failure, question: question, isLookedAt: isLookedAt,
      isPaidTwice: isPaidTwice, isInsideApp: isInsideApp)
  }

  static func receipt(
    packageName: String = "Starter", username: String = "demo", providerNumber: String? = "4200001"
  ) throws -> ReceiptView {
    ReceiptView(
      order: try order(.paid, packageName: packageName), username: username,
      providerNumber: providerNumber, refunded: try price(330))
  }

  static func account(username: String = "demo", hasOthers: Bool = true) -> AccountView {
    let own = AccountView.Session(
      id: "0011223344556677", device: "Firefox · Linux", lastUsed: moment, isCurrent: true)
    let other = AccountView.Session(
      id: "8899aabbccddeeff", device: "", lastUsed: moment, isCurrent: false)
    return AccountView(
      username: username, registered: moment, balance: 550, purchasedCoins: 500, bonusCoins: 50,
      sessions: hasOthers ? [own, other] : [own], asksForPassword: true)
  }
}

enum SampleError: Error {
  /// A sample's own text was not accepted by its type.
  case refused
}
