import Payments
import Vocabulary

extension PurchaseLimits {
  private static let ordersMax = 1_000_000

  init(_ reader: inout SettingsReader) {
    self.init()
    let bounds = 1...PurchaseLimits.ordersMax
    pendingOrdersMax = Int64(
      reader.number("COINPAY_PENDING_ORDERS_MAX", standard: Int(pendingOrdersMax), in: bounds))
    dailyOrdersMax = Int64(
      reader.number("COINPAY_DAILY_ORDERS_MAX", standard: Int(dailyOrdersMax), in: bounds))
    hourlyCancelsMax = Int64(
      reader.number("COINPAY_HOURLY_CANCELS_MAX", standard: Int(hourlyCancelsMax), in: bounds))
    providerCallsMax = reader.number(
      "COINPAY_MINUTELY_CALLS_MAX", standard: providerCallsMax, in: bounds)
    dailyAmountsMax = reader.amounts("COINPAY_DAILY_AMOUNT_MAX")
    amounts = PurchaseLimits.amounts(&reader)
  }

  /// `ALIPAY:CNY:0.01-50000.00,STRIPE:USD:0.50-999.00`
  private static func amounts(
    _ reader: inout SettingsReader
  ) -> [PaymentMethod: ClosedRange<Int64>] {
    let name = "COINPAY_AMOUNT_LIMITS"
    var amounts: [PaymentMethod: ClosedRange<Int64>] = [:]
    for item in (reader.text(name) ?? "").split(separator: ",") {
      let parts = item.split(separator: ":")
      guard parts.count == 3, let method = PaymentMethod(rawValue: String(parts[0])),
        let currency = Currency(parts[1]), let bounds = range(parts[2], currency),
        amounts.updateValue(bounds, forKey: method) == nil
      else {
        reader.problem(
          name, "must be METHOD:CURRENCY:SMALLEST-LARGEST, such as ALIPAY:CNY:0.01-50000.00")
        return [:]
      }
    }
    return amounts
  }

  private static func range(_ text: Substring, _ currency: Currency) -> ClosedRange<Int64>? {
    let ends = text.split(separator: "-").compactMap { Money(decimal: $0, currency: currency) }
    guard ends.count == 2, ends[0].minorUnits <= ends[1].minorUnits else { return nil }
    return ends[0].minorUnits...ends[1].minorUnits
  }
}
