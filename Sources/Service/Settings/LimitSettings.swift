import Payments
import Settings
import Vocabulary

extension PurchaseLimits {
  static let standard = PurchaseLimits()
  static let bounds = 1...1_000_000

  init(_ reader: inout SettingsReader) {
    self.init()
    pendingOrdersMax = Int64(reader.number(SiteSetting.pendingOrders))
    dailyOrdersMax = Int64(reader.number(SiteSetting.dailyOrders))
    hourlyCancelsMax = Int64(reader.number(SiteSetting.hourlyCancels))
    providerCallsMax = reader.number(SiteSetting.minutelyCalls)
    dailyAmountsMax = reader.amounts(SiteSetting.dailyAmount)
    amounts = PurchaseLimits.amounts(&reader)
  }

  /// `ALIPAY:CNY:0.01-50000.00`, several by commas
  private static func amounts(
    _ reader: inout SettingsReader
  ) -> [PaymentMethod: ClosedRange<Int64>] {
    let setting = SiteSetting.amountLimits
    var amounts: [PaymentMethod: ClosedRange<Int64>] = [:]
    for item in (reader.text(setting) ?? "").split(separator: ",") {
      let parts = item.split(separator: ":")
      guard parts.count == 3, let method = Registry.faces.method(named: String(parts[0])),
        let currency = Currency(parts[1]), let bounds = range(parts[2], currency),
        amounts.updateValue(bounds, forKey: method) == nil
      else {
        reader.problem(
          setting, "must be METHOD:CURRENCY:SMALLEST-LARGEST, such as ALIPAY:CNY:0.01-50000.00")
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
